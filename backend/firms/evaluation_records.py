"""What third parties found of a firm: dated, with evaluator and source; only added to."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.common.models import PublicModel
from backend.firms.enums import EvaluationKind, EvaluationSource, Standing

EVALUATOR_MAX_LENGTH = 100
GRADE_MAX_LENGTH = 60
DOCUMENT_NUMBER_MAX_LENGTH = 100
REASON_MAX_LENGTH = 500
LARGEST_SCALE = 10_000
LARGEST_VALUE_YUAN = 1_000_000_000_000
MOST_PATENTS = 100_000

_NO_SCORE = Q(score__isnull=True, scale__isnull=True)
_NO_VALUE = Q(value_yuan__isnull=True, patents__isnull=True)


class FirmEvaluation(PublicModel):
    """One result of one evaluator, which counts until before ``valid_until``.

    The database refuses updates by trigger, except that a row is retracted once. No ratings of
    credit are kept here.
    """

    firm = models.ForeignKey("firms.Firm", on_delete=models.CASCADE, related_name="evaluations")
    kind = models.CharField("评价类别", max_length=24, choices=EvaluationKind)
    evaluator = models.CharField("评价机构", max_length=EVALUATOR_MAX_LENGTH)
    evaluator_uscc = models.CharField("评价机构统一社会信用代码", max_length=18, blank=True)
    evaluated_on = models.DateField("评价日期")
    valid_until = models.DateField("有效期止（不含）", null=True, blank=True)
    score = models.DecimalField("得分", max_digits=7, decimal_places=2, null=True, blank=True)
    scale = models.DecimalField("满分", max_digits=7, decimal_places=2, null=True, blank=True)
    value_yuan = models.BigIntegerField("评估价值（元）", null=True, blank=True)
    patents = models.PositiveIntegerField("评估专利数", null=True, blank=True)
    grade = models.CharField("评价等级", max_length=GRADE_MAX_LENGTH, blank=True)
    document_number = models.CharField(
        "报告编号", max_length=DOCUMENT_NUMBER_MAX_LENGTH, blank=True
    )
    source = models.CharField("来源", max_length=16, choices=EvaluationSource)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("记录时间")
    retracted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retracted_at = models.DateTimeField("撤销时间", null=True, blank=True)
    retracted_reason = models.CharField("撤销原因", max_length=REASON_MAX_LENGTH, blank=True)

    class Meta:
        ordering = ["-evaluated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    _NO_VALUE,
                    kind=EvaluationKind.INNOVATION_SCORE,
                    grade="",
                    score__isnull=False,  # a comparison with NULL would pass the check
                    scale__isnull=False,
                    score__gte=0,
                    score__lte=F("scale"),
                    scale__gt=0,
                )
                | Q(
                    _NO_SCORE,
                    kind=EvaluationKind.IP_VALUATION,
                    grade="",
                    value_yuan__isnull=False,
                    value_yuan__gte=0,
                    patents__isnull=False,
                    patents__gte=1,
                )
                | (
                    Q(_NO_SCORE, _NO_VALUE, kind=EvaluationKind.TECHNOLOGY_APPRAISAL) & ~Q(grade="")
                ),
                name="evaluation_result_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(evaluated_on__lt=F("valid_until")),
                name="evaluation_period_holds_a_day",
            ),
            models.CheckConstraint(
                condition=Q(source__in=EvaluationSource.values),
                name="evaluation_source_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    retracted_at__isnull=True, retracted_by__isnull=True, retracted_reason=""
                )
                | (
                    Q(retracted_at__isnull=False, retracted_by__isnull=False)
                    & ~Q(retracted_reason="")
                ),
                name="evaluation_retraction_is_complete",
            ),
            models.UniqueConstraint(
                fields=["firm", "kind", "evaluator", "evaluated_on", "document_number"],
                condition=Q(retracted_at__isnull=True),
                name="evaluation_recorded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.evaluated_on})"

    @property
    def is_retracted(self) -> bool:
        """Tell whether it was recorded by mistake."""
        return self.retracted_at is not None

    def standing_on(self, day: date) -> Standing:
        """Say whether the result counts on a day; its end is excluded."""
        if day < self.evaluated_on:
            return Standing.AHEAD
        if self.valid_until is not None and day >= self.valid_until:
            return Standing.OVER
        return Standing.HELD
