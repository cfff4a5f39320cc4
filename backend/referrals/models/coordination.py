"""Matters that need others: issues of the cross-department group."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.common.models import EditableModel
from backend.organizations.models import Organization
from backend.referrals.models.referrals import NOTE_MAX_LENGTH, Referral
from backend.referrals.querysets import MatterQuerySet


class Matter(EditableModel):
    """Something that a firm or an institution asks to have coordinated.

    Once it is repaired, a declined referral may be taken up again (二次对接).
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="matters")
    text = models.CharField("事项", max_length=NOTE_MAX_LENGTH)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    raised_for = models.ForeignKey(
        Organization,
        verbose_name="提出单位",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    raised_at = models.DateTimeField("提出时间")
    agency = models.ForeignKey(
        Organization,
        verbose_name="牵头单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="matters",
    )
    agency_name = models.CharField("牵头单位名称", max_length=100, blank=True)
    measure = models.CharField("协调措施", max_length=NOTE_MAX_LENGTH, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)
    repaired_at = models.DateTimeField("办结时间", null=True, blank=True)
    result = models.CharField("办理结果", max_length=NOTE_MAX_LENGTH, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="matter_says_what"),
            models.CheckConstraint(
                condition=Q(repaired_at__isnull=True) | ~Q(result=""),
                name="matter_repaired_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
