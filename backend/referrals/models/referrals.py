"""A need at one institution, from the day it was sent to its end."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.catalogue.models import ProductVersion
from backend.common.choices import KnownCodes, choices_of
from backend.common.models import EditableModel, PublicModel
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.partners.models import Agreement, Contact
from backend.referrals.enums import (
    ENDED,
    ClockKind,
    DeclineReason,
    Escalation,
    ReferralStatus,
    Step,
)
from backend.referrals.models.lists import ListRow
from backend.referrals.models.sheets import Sheet
from backend.referrals.querysets import ReferralQuerySet
from backend.referrals.tracks import TRACK_LABELS

NOTE_MAX_LENGTH = 500
NAME_MAX_LENGTH = 60
PRODUCT_MAX_LENGTH = 100
MOST_REASONS = 4


class Referral(EditableModel):
    """One row that was sent: the need, the institution it went to, and where it stands.

    ``institution`` was addressed by the list, ``unit`` works on it: the same, or a branch below.
    """

    list_row = models.OneToOneField(ListRow, on_delete=models.PROTECT, related_name="referral")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="referrals")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="referrals")
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="referrals"
    )
    unit = models.ForeignKey(
        Organization, verbose_name="承办单位", on_delete=models.PROTECT, related_name="work"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="承办人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # A client manager whom the institution named and who has no account; never beside a handler.
    manager_name = models.CharField("客户经理", max_length=NAME_MAX_LENGTH, blank=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    product_version = models.ForeignKey(
        ProductVersion, verbose_name="对接产品", on_delete=models.PROTECT, related_name="+"
    )
    track = models.CharField("流程", max_length=16, choices=choices_of(TRACK_LABELS))
    status = models.CharField(
        "状态", max_length=16, choices=ReferralStatus, default=ReferralStatus.SENT, editable=False
    )
    last_step = models.CharField("最近步骤", max_length=24, choices=Step, blank=True)
    sent_at = models.DateTimeField("推送时间")
    answered_at = models.DateTimeField("首次答复时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    decline_reasons = ArrayField(
        models.CharField(max_length=24, choices=DeclineReason),
        verbose_name="不予支持原因",
        default=list,
        blank=True,
        size=MOST_REASONS,
        validators=[KnownCodes(DeclineReason.values)],
    )
    decline_note = models.CharField("原因说明", max_length=NOTE_MAX_LENGTH, blank=True)
    # What the institution works with instead of the product meant, and what it proposes instead.
    actual_product = models.CharField("实际对接产品", max_length=PRODUCT_MAX_LENGTH, blank=True)
    alternative = models.CharField("替代方案", max_length=NOTE_MAX_LENGTH, blank=True)
    # Declined, but the firm lets no reasons pass to the department: none is kept.
    is_reason_withheld = models.BooleanField("原因未授权反馈", default=False, editable=False)
    # The nearest day on which a running clock is due; kept for order and filters of the inbox.
    next_due_on = models.DateField("最近到期日", null=True, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "institution"],
                condition=~Q(status__in=sorted(ENDED)),
                name="referral_one_at_work_per_institution",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(ENDED), ended_at__isnull=False)
                | (~Q(status__in=sorted(ENDED)) & Q(ended_at__isnull=True)),
                name="referral_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=ReferralStatus.DECLINED, is_reason_withheld=False)
                    & ~Q(decline_reasons=[])
                )
                | Q(
                    status=ReferralStatus.DECLINED,
                    is_reason_withheld=True,
                    decline_reasons=[],
                    decline_note="",
                )
                | (
                    ~Q(status=ReferralStatus.DECLINED)
                    & Q(is_reason_withheld=False, decline_reasons=[], decline_note="")
                ),
                name="referral_declined_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status=ReferralStatus.SENT)
                | Q(status__in=[ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED])
                | Q(answered_at__isnull=False),
                name="referral_answered_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "status", "-sent_at"], name="referral_inbox"),
            models.Index(fields=["need", "status"], name="referral_of_need"),
            models.Index(fields=["status", "next_due_on"], name="referral_due"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} → {self.institution_id} ({self.get_status_display()})"


class ReferralStep(PublicModel):
    """One thing that happened to a referral; never altered, a mistake is another step."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField("步骤", max_length=24, choices=Step)
    happened_on = models.DateField("发生日期")
    recorded_at = models.DateTimeField("记录时间")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=NOTE_MAX_LENGTH, blank=True)
    data = models.JSONField("数据", default=dict)

    class Meta:
        ordering = ["referral", "pk"]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.step}"


class DocumentRequest(PublicModel):
    """A document that an institution misses; while one is missing, the decision clock rests."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField("材料名称", max_length=100)
    asked_at = models.DateTimeField("要求时间")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField("补充时间", null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["referral", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "name"],
                condition=Q(given_at__isnull=True),
                name="document_asked_once_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="document_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ClockEvent(models.Model):
    """Who was told, once, that a clock runs out or has run out."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="clock_events")
    clock = models.CharField("时限", max_length=20, choices=ClockKind)
    escalation = models.CharField("提醒级别", max_length=16, choices=Escalation)
    due_on = models.DateField("到期日")
    happened_at = models.DateTimeField("时间")
    # Who was to be told, absence cover considered; without an account only the contact is known.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["referral", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "clock", "escalation", "due_on"], name="clock_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.clock} {self.escalation}"


class Seen(models.Model):
    """How much of a referral a person has seen: unread is whatever revision came after."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField("已读版本")

    class Meta:
        ordering = ["referral", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "user"], name="seen_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} r{self.revision}"
