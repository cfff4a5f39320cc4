"""Money: the line that was approved, each drawdown, and whether both sides agree on it.

Line, disbursed and balance are three different things and are never added together.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.common.choices import KnownCodes, choices_of
from backend.common.models import EditableModel, PublicModel
from backend.referrals.enums import OutcomeState, Renewal
from backend.referrals.models.referrals import NOTE_MAX_LENGTH, Referral
from matching.vocabulary import COLLATERAL

AMOUNT_MAX_YUAN = 10**12
TERM_MAX_MONTHS = 600


def _rate() -> models.DecimalField:
    return models.DecimalField("年化利率", max_digits=9, decimal_places=8, null=True, blank=True)


def _amount_in_range() -> Q:
    return Q(amount_yuan__gt=0, amount_yuan__lte=AMOUNT_MAX_YUAN)


def _rate_is_a_fraction() -> Q:
    return Q(annual_rate__isnull=True) | Q(annual_rate__range=(0, 1))


class ApprovedLine(PublicModel):
    """What an institution approved; a later one takes the place of an earlier one."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="lines")
    approved_on = models.DateField("批准日期")
    amount_yuan = models.BigIntegerField("批准额度（元）")
    term_months = models.PositiveSmallIntegerField("期限（月）", null=True, blank=True)
    annual_rate = _rate()
    is_green = models.BooleanField("绿色通道", default=False)
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField("被替代时间", null=True, blank=True)

    class Meta:
        ordering = ["referral", "pk"]
        constraints = [
            models.CheckConstraint(condition=_amount_in_range(), name="line_amount_in_range"),
            models.CheckConstraint(condition=_rate_is_a_fraction(), name="line_rate_is_a_fraction"),
            models.CheckConstraint(
                condition=Q(term_months__isnull=True) | Q(term_months__range=(1, TERM_MAX_MONTHS)),
                name="line_term_in_range",
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(replaced_at__isnull=True),
                name="line_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.amount_yuan}"


class Drawdown(EditableModel):
    """Money that reached the firm: one drawdown, closing, premium covered or grant paid."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="drawdowns")
    reference = models.CharField("机构流水号", max_length=64, blank=True)
    drawn_on = models.DateField("放款日期")
    amount_yuan = models.BigIntegerField("金额（元）")
    annual_rate = _rate()
    security = ArrayField(
        models.CharField(max_length=32, choices=choices_of(COLLATERAL)),
        verbose_name="担保方式",
        default=list,
        blank=True,
        validators=[KnownCodes(list(COLLATERAL))],
    )
    is_first_loan = models.BooleanField("首贷", null=True, blank=True)
    renewal = models.CharField("新增或续贷", max_length=8, choices=Renewal, blank=True)
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        "核对状态", max_length=16, choices=OutcomeState, default=OutcomeState.REPORTED
    )
    reminders = models.PositiveSmallIntegerField("已提醒次数", default=0)
    reminded_at = models.DateTimeField("最近提醒时间", null=True, blank=True)
    voided_at = models.DateTimeField("冲销时间", null=True, blank=True)
    voided_reason = models.CharField("冲销原因", max_length=NOTE_MAX_LENGTH, blank=True)

    class Meta:
        ordering = ["referral", "drawn_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=_amount_in_range(), name="drawdown_amount_in_range"),
            models.CheckConstraint(
                condition=_rate_is_a_fraction(), name="drawdown_rate_is_a_fraction"
            ),
            # What an institution's system reports twice is one drawdown.
            models.UniqueConstraint(
                fields=["referral", "reference"],
                condition=~Q(reference=""),
                name="drawdown_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_reason="")
                | (Q(voided_at__isnull=False) & ~Q(voided_reason="")),
                name="drawdown_voided_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.drawn_on} {self.amount_yuan}"


class OutcomeReview(PublicModel):
    """What the firm, or the department after it, says of a reported drawdown; never altered."""

    drawdown = models.ForeignKey(Drawdown, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField("结论", max_length=16, choices=OutcomeState)
    amount_yuan = models.BigIntegerField("认可金额（元）", null=True, blank=True)
    note = models.CharField("说明", max_length=NOTE_MAX_LENGTH, blank=True)
    evidence = models.CharField("凭证说明", max_length=NOTE_MAX_LENGTH, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField("时间")

    class Meta:
        ordering = ["drawdown", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[OutcomeState.CONTESTED, OutcomeState.RECONCILED])
                | ~Q(note=""),
                name="outcome_review_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.drawdown_id} {self.state}"
