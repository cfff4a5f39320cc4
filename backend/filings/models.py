"""What institutions report per period, and what officers enter; every version is kept."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.common.models import EditableModel, PublicModel
from backend.filings.enums import Measure, PeriodKind, Unit
from backend.filings.querysets import AggregateQuerySet, IndicatorQuerySet
from backend.organizations.models import Organization

TEXT_MAX_LENGTH = 300
NAME_MAX_LENGTH = 100
LARGEST = 10**15


def _in_range(name: str) -> Q:
    return Q(**{f"{name}__gte": 0, f"{name}__lte": LARGEST})


class Aggregate(EditableModel):
    """What an institution's unit says of one period; a signed one never changes again.

    Officers prepare a draft, a manager signs it. A correction is a version of its own that
    names the one it replaces. Amounts disbursed and balance are never added.
    """

    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="aggregates"
    )
    period_kind = models.CharField("期间类别", max_length=8, choices=PeriodKind)
    period_from = models.DateField("期间起")
    period_until = models.DateField("期间止（不含）")
    version = models.PositiveSmallIntegerField("版本", default=1)
    replaces = models.OneToOneField(
        "self",
        verbose_name="更正的版本",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )
    reason = models.CharField("更正原因", max_length=TEXT_MAX_LENGTH, blank=True)
    firms_served = models.BigIntegerField("服务科技企业（户）")
    loans = models.BigIntegerField("贷款笔数", null=True, blank=True)
    disbursed_yuan = models.BigIntegerField("投放金额（元）")
    balance_yuan = models.BigIntegerField("期末余额（元）")
    note = models.CharField("说明", max_length=TEXT_MAX_LENGTH, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        on_delete=models.PROTECT,
        related_name="+",
    )
    prepared_at = models.DateTimeField("填报时间")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="签报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    signed_at = models.DateTimeField("签报时间", null=True, blank=True)

    objects = AggregateQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "period_kind", "period_from", "version"],
                name="aggregate_version_once",
            ),
            models.UniqueConstraint(
                fields=["institution", "period_kind", "period_from"],
                condition=Q(signed_at__isnull=True),
                name="aggregate_one_draft_per_period",
            ),
            models.CheckConstraint(
                condition=Q(period_from__lt=F("period_until")), name="aggregate_holds_a_day"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="aggregate_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True)
                | (Q(version__gt=1, replaces__isnull=False) & ~Q(reason="")),
                name="aggregate_correction_names_the_former",
            ),
            models.CheckConstraint(
                condition=_in_range("firms_served")
                & _in_range("disbursed_yuan")
                & _in_range("balance_yuan")
                & (Q(loans__isnull=True) | _in_range("loans")),
                name="aggregate_figures_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.period_kind} {self.period_from} v{self.version}"


class Indicator(PublicModel):
    """A figure that an officer enters from a document; rows are versions and never change.

    ``covers_from`` empty means "in all until then". Whatever corrects or withdraws a version
    is the next one of its ``series``.
    """

    series = models.UUIDField("序列", default=uuid.uuid4, editable=False)
    version = models.PositiveSmallIntegerField("版本", default=1)
    replaces = models.OneToOneField(
        "self",
        verbose_name="更正的版本",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )
    reason = models.CharField("更正或撤销原因", max_length=TEXT_MAX_LENGTH, blank=True)
    is_withdrawn = models.BooleanField("已撤销", default=False)
    measure = models.CharField("口径", max_length=24, choices=Measure)
    name = models.CharField("指标名称", max_length=NAME_MAX_LENGTH)
    value = models.BigIntegerField("数值")
    unit = models.CharField("单位", max_length=12, choices=Unit)
    region = models.ForeignKey(
        "reference.Region", verbose_name="地区", on_delete=models.PROTECT, related_name="+"
    )
    covers_from = models.DateField("统计期起", null=True, blank=True)
    covers_until = models.DateField("统计期止（不含）")
    source = models.CharField("来源（文件、依据）", max_length=TEXT_MAX_LENGTH)
    source_on = models.DateField("来源日期")
    note = models.CharField("说明", max_length=TEXT_MAX_LENGTH, blank=True)
    department = models.ForeignKey(
        Organization, verbose_name="填报部门", on_delete=models.PROTECT, related_name="indicators"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField("填报时间")

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="indicator_version_once"),
            models.CheckConstraint(
                condition=Q(covers_from__isnull=True) | Q(covers_from__lt=F("covers_until")),
                name="indicator_holds_a_day",
            ),
            models.CheckConstraint(condition=_in_range("value"), name="indicator_value_in_range"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(source=""), name="indicator_says_what_and_whence"
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True, is_withdrawn=False)
                | (Q(version__gt=1, replaces__isnull=False) & ~Q(reason="")),
                name="indicator_correction_names_the_former",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def last_day(self) -> date:
        """The last day that it covers."""
        return self.covers_until - timedelta(days=1)
