"""A silence that the department was told of, and what an officer decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.common.models import EditableModel
from backend.organizations.models import Organization
from backend.referrals.enums import OPEN_CASES, CaseState, ClockKind
from backend.referrals.models.lists import ReferralList
from backend.referrals.models.referrals import NOTE_MAX_LENGTH, Referral
from backend.referrals.querysets import EscalationCaseQuerySet

_DECIDED = [CaseState.CONFIRMED, CaseState.DECLINED]


class EscalationCase(EditableModel):
    """An overdue referral on an officer's desk.

    After silence the platform proposes the next institution in the firm's order; an officer
    confirms or declines, and only a confirmation moves anything. ``supplement`` is the draft
    that a confirmation wrote.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="cases")
    clock = models.CharField("时限", max_length=20, choices=ClockKind)
    due_on = models.DateField("到期日")
    state = models.CharField(
        "状态", max_length=16, choices=CaseState, default=CaseState.TOLD, editable=False
    )
    opened_at = models.DateTimeField("提请时间")
    proposed_at = models.DateTimeField("建议时间", null=True, blank=True)
    next_institution = models.ForeignKey(
        Organization,
        verbose_name="下一机构",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("理由", max_length=NOTE_MAX_LENGTH, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    supplement = models.ForeignKey(
        ReferralList, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EscalationCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(state__in=sorted(OPEN_CASES)),
                name="escalation_case_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.PROPOSED) | Q(proposed_at__isnull=False),
                name="escalation_case_proposed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=_DECIDED) & Q(decided_at__isnull=True)),
                name="escalation_case_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.DECLINED) | ~Q(reason=""),
                name="escalation_case_declined_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_CASES), closed_at__isnull=True)
                | (~Q(state__in=sorted(OPEN_CASES)) & Q(closed_at__isnull=False)),
                name="escalation_case_closed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.get_state_display()}"
