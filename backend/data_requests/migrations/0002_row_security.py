"""Show requests about data to the firm that asked, and to no institution."""

from django.db import migrations

RULES = {
    "kerong_firm": {"data_requests_datarequest": "firm_id IN (SELECT id FROM firms_firm)"},
    "kerong_institution": {"data_requests_datarequest": "false"},
}


def _policies():
    for role, rules in RULES.items():
        for table, rule in rules.items():
            yield (
                f"CREATE POLICY {role}_reads ON {table} FOR SELECT TO {role} USING ({rule});",
                f"DROP POLICY {role}_reads ON {table};",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("data_requests", "0001_initial"),
        # It makes the roles.
        ("referrals", "0006_row_security"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE data_requests_datarequest ENABLE ROW LEVEL SECURITY;",
            "ALTER TABLE data_requests_datarequest DISABLE ROW LEVEL SECURITY;",
        ),
        *(migrations.RunSQL(made, dropped) for made, dropped in _policies()),
    ]
