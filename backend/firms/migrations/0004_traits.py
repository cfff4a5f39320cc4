"""Keep the history of what firms are grouped by, beginning with what is on record now."""

import django.db.models.deletion
from django.db import migrations, models

# Firms that are opened while this runs get their first row with their first change at the latest.
FIRST_ROWS = """
INSERT INTO firms_firmtraits (firm_id, region_id, industry, stage, recorded_at)
SELECT firm.id, owner.region_id, firm.industry,
       COALESCE(NULLIF(firm.stage_override, ''), firm.declared_stage), now()
FROM firms_firm firm
JOIN organizations_organization owner ON owner.id = firm.organization_id
ORDER BY firm.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("firms", "0003_progress_sharing"),
        ("organizations", "0002_agency"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirmTraits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=5, verbose_name="所属行业")),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("seed", "种子期"),
                            ("startup", "初创期"),
                            ("growth", "成长期"),
                            ("mature", "成熟期"),
                        ],
                        max_length=16,
                        verbose_name="发展阶段",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="traits",
                        to="firms.firm",
                    ),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="firms.firmtraits",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.region",
                        verbose_name="所在地区",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "firm traits",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("follows__isnull", False)),
                        fields=["recorded_at"],
                        name="firm_traits_changed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("follows__isnull", True)),
                        fields=("firm",),
                        name="firm_traits_begin_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(FIRST_ROWS, migrations.RunSQL.noop),
    ]
