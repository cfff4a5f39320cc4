"""Firms: the profile, dated facts, qualifications, tenancies, and the rosters they come from."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.common.choices import KnownCodes, choices_of
from backend.common.constraints import PERIOD_HOLDS_A_DAY
from backend.common.models import EditableModel, PublicModel
from backend.firms.enums import FactSource, RosterKind, Standing
from backend.firms.evaluation_records import FirmEvaluation
from backend.firms.fact_fields import FACT_FIELDS, FIRST_FISCAL_YEAR, YEARLY_FIELDS
from backend.firms.querysets import (
    FactQuerySet,
    FirmQuerySet,
    FirmTraitsQuerySet,
    TenancyQuerySet,
)
from backend.organizations.models import Organization
from backend.reference.models import Region
from matching.vocabulary import (
    QUALIFICATIONS,
    SIGNED_FIRM_FIELDS,
    STAGES,
    TAXPAYER_RATINGS,
    TECH_FIELDS,
)

__all__ = [
    "DESCRIPTION_MAX_LENGTH",
    "Fact",
    "Firm",
    "FirmEvaluation",
    "FirmQualification",
    "FirmTraits",
    "Roster",
    "Tenancy",
]

DESCRIPTION_MAX_LENGTH = 4_000


class Firm(EditableModel):
    """What is known of a firm beside its figures; code, name and region are the organization's.

    An empty text is unknown. ``tech_fields`` None is unknown, an empty list says "none".
    ``qualifications_known`` says that the list of qualifications is one, be it empty.
    """

    organization = models.OneToOneField(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="firm"
    )
    # Any class of GB/T 4754 by form: the reference table holds only those that firms use so far.
    industry = models.CharField("所属行业", max_length=5, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    declared_stage = models.CharField(
        "申报阶段", max_length=16, choices=choices_of(STAGES), blank=True
    )
    stage_override = models.CharField(
        "认定阶段", max_length=16, choices=choices_of(STAGES), blank=True
    )
    stage_override_reason = models.CharField("认定理由", max_length=500, blank=True)
    stage_overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    stage_overridden_at = models.DateTimeField("认定时间", null=True, blank=True)
    tech_fields = ArrayField(
        models.CharField(max_length=32, choices=choices_of(TECH_FIELDS)),
        verbose_name="技术领域",
        null=True,
        blank=True,
        validators=[KnownCodes(list(TECH_FIELDS))],
    )
    taxpayer_rating = models.CharField(
        "纳税信用等级", max_length=1, choices=choices_of(TAXPAYER_RATINGS), blank=True
    )
    qualifications_known = models.BooleanField("资质已知", default=False)
    description = models.TextField("简介", max_length=DESCRIPTION_MAX_LENGTH, blank=True)

    objects = FirmQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            # A lifted override keeps who lifted it, when and why.
            models.CheckConstraint(
                condition=Q(
                    stage_override="",
                    stage_override_reason="",
                    stage_overridden_by__isnull=True,
                    stage_overridden_at__isnull=True,
                )
                | (
                    ~Q(stage_override_reason="")
                    & Q(stage_overridden_by__isnull=False, stage_overridden_at__isnull=False)
                ),
                name="firm_stage_override_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.organization.name

    @property
    def stage(self) -> str | None:
        """The stage as given: an officer's override wins over the declared one."""
        return self.stage_override or self.declared_stage or None


class FirmTraits(models.Model):
    """Where a firm lay, its industry and its stage as given, since a moment; only added to.

    Figures group by these as of past days. Each row follows the one that it replaced. The database
    refuses updates by trigger.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="traits")
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    region = models.ForeignKey(
        Region,
        verbose_name="所在地区",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    industry = models.CharField("所属行业", max_length=5, blank=True)
    stage = models.CharField("发展阶段", max_length=16, choices=choices_of(STAGES), blank=True)
    recorded_at = models.DateTimeField("记录时间")

    objects = FirmTraitsQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "firm traits"
        constraints = [
            models.UniqueConstraint(
                fields=["firm"],
                condition=Q(follows__isnull=True),
                name="firm_traits_begin_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["recorded_at"],
                condition=Q(follows__isnull=False),
                name="firm_traits_changed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm} ({self.recorded_at})"


class Fact(PublicModel):
    """One figure of a firm on one date from one source; never altered, only added to.

    Yearly figures are dated at the end of their fiscal year and say whether they were audited.
    The database refuses updates by trigger.
    """

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="facts")
    field = models.CharField("项目", max_length=32, choices=choices_of(FACT_FIELDS))
    value = models.DecimalField("数值", max_digits=20, decimal_places=6)
    as_of = models.DateField("数据日期")
    fiscal_year = models.PositiveSmallIntegerField("所属年度", null=True, blank=True)
    audited = models.BooleanField("已审计", null=True, blank=True)
    source = models.CharField("来源", max_length=16, choices=FactSource)
    evidence = models.CharField("依据", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("记录时间")

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    field__in=sorted(YEARLY_FIELDS),
                    fiscal_year__isnull=False,  # a comparison with NULL would pass the check
                    fiscal_year__gte=FIRST_FISCAL_YEAR,
                    as_of__year=F("fiscal_year"),
                    audited__isnull=False,
                )
                | (
                    ~Q(field__in=sorted(YEARLY_FIELDS))
                    & Q(fiscal_year__isnull=True, audited__isnull=True)
                ),
                name="fact_yearly_figures_have_a_fiscal_year",
            ),
            models.CheckConstraint(
                condition=Q(field__in=sorted(SIGNED_FIRM_FIELDS)) | Q(value__gte=0),
                name="fact_is_not_negative_unless_signed",
            ),
            models.CheckConstraint(
                condition=Q(field__in=sorted(FACT_FIELDS)), name="fact_field_is_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=FactSource.values), name="fact_source_is_known"
            ),
        ]
        indexes = [models.Index(fields=["firm", "field", "-as_of"], name="fact_current")]

    def __str__(self) -> str:
        return f"{self.get_field_display()} {self.value:f} ({self.as_of})"


class Roster(PublicModel):
    """One imported list: which file, of what kind, for which period, by whom."""

    kind = models.CharField("名单类别", max_length=16, choices=RosterKind)
    organization = models.ForeignKey(
        Organization, verbose_name="导入部门", on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField("文件名", max_length=200)
    file_digest = models.CharField("文件摘要（SHA-256）", max_length=64)
    row_count = models.PositiveIntegerField("行数")
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_until = models.DateField("有效期止（不含）", null=True, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=PERIOD_HOLDS_A_DAY, name="roster_period_is_half_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"


class FirmQualification(PublicModel):
    """A qualification that a firm holds from ``valid_from`` until before ``valid_until``."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="qualifications")
    code = models.CharField("资质", max_length=32, choices=choices_of(QUALIFICATIONS))
    level = models.CharField("级别", max_length=60, blank=True)
    certificate_number = models.CharField("证书编号", max_length=60, blank=True)
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_until = models.DateField("有效期止（不含）", null=True, blank=True)
    source = models.CharField("来源", max_length=16, choices=FactSource)
    roster = models.ForeignKey(
        Roster, null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        ordering = ["code", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=PERIOD_HOLDS_A_DAY, name="qualification_period_is_half_open"
            ),
            models.UniqueConstraint(
                fields=["firm", "code", "valid_from"],
                nulls_distinct=False,
                name="qualification_recorded_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_code_display()

    def standing_on(self, day: date) -> Standing:
        """Say whether the qualification is held on a day; its end is excluded."""
        if self.valid_from is not None and day < self.valid_from:
            return Standing.AHEAD
        if self.valid_until is not None and day >= self.valid_until:
            return Standing.OVER
        return Standing.HELD


class Tenancy(PublicModel):
    """A firm's stay in an incubator, and since when the incubator may speak for the firm."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="tenancies")
    incubator = models.ForeignKey(
        Organization, verbose_name="孵化载体", on_delete=models.PROTECT, related_name="tenancies"
    )
    valid_from = models.DateField("入驻日期")
    valid_until = models.DateField("离开日期（不含）", null=True, blank=True)
    consented_at = models.DateTimeField("企业同意代办时间", null=True, blank=True)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Less than being spoken for: the incubator sees where the firm's needs stand.
    progress_shared_at = models.DateTimeField("企业同意查看进展时间", null=True, blank=True)
    progress_shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    roster = models.ForeignKey(
        Roster, null=True, blank=True, on_delete=models.PROTECT, related_name="tenancies"
    )

    objects = TenancyQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-pk"]
        verbose_name_plural = "tenancies"
        constraints = [
            models.CheckConstraint(
                condition=PERIOD_HOLDS_A_DAY, name="tenancy_period_is_half_open"
            ),
            models.CheckConstraint(
                condition=Q(consented_at__isnull=True) | Q(consented_by__isnull=False),
                name="tenancy_consent_names_a_person",
            ),
            models.CheckConstraint(
                condition=Q(progress_shared_at__isnull=True) | Q(progress_shared_by__isnull=False),
                name="tenancy_sharing_names_a_person",
            ),
            models.UniqueConstraint(
                fields=["firm", "incubator", "valid_from"], name="tenancy_recorded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} @ {self.incubator}"
