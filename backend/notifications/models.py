"""The inbox of a person, what they want by mail, and the mails."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.common.models import PublicModel, TimestampedModel
from backend.journal.models import Event
from backend.notifications.enums import (
    Importance,
    MailChoice,
    MailKind,
    MailStatus,
    SubjectKind,
)
from backend.notifications.querysets import MailQuerySet, NotificationQuerySet
from backend.organizations.models import Membership

TOPIC_MAX_LENGTH = 160
_IN_LINE = [MailStatus.PENDING, MailStatus.SENDING]


class Mail(PublicModel):
    """One mail to one person; what it says is counted when it leaves.

    ``message_id`` is the same in every attempt. While a worker sends, ``due_at`` is the end of
    its lease. Of digests there is one per person and day.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mails"
    )
    kind = models.CharField("类别", max_length=8, choices=MailKind)
    day = models.DateField("日期")
    address = models.CharField("地址", max_length=254)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    status = models.CharField("状态", max_length=8, choices=MailStatus, default=MailStatus.PENDING)
    due_at = models.DateTimeField("下次发送", null=True)
    claim_id = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    sent_at = models.DateTimeField("发送时间", null=True)
    last_error = models.CharField("最近错误", max_length=200, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"],
                condition=Q(kind=MailKind.DIGEST),
                name="mail_one_digest_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_IN_LINE, due_at__isnull=False)
                | (~Q(status__in=_IN_LINE) & Q(due_at__isnull=True, claim_id__isnull=True)),
                name="mail_due_while_in_line",
            ),
            models.CheckConstraint(
                condition=~Q(status=MailStatus.SENT) | Q(sent_at__isnull=False),
                name="mail_sent_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="mail_due", condition=Q(status__in=_IN_LINE)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Notification(PublicModel):
    """Something that one person, in one of their places, is told; no text is stored.

    The text is put together when it is read, from the subject as the reader may see it then.
    ``topic`` is what is told once per recipient, ``count`` how many things it stands for,
    ``mail`` the one that carried it.
    """

    recipient = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="notifications"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=60)
    subject_type = models.CharField("对象类型", max_length=24, choices=SubjectKind)
    subject_id = models.UUIDField("对象")
    topic = models.CharField(max_length=TOPIC_MAX_LENGTH)
    count = models.PositiveIntegerField("条数", default=1)
    importance = models.CharField("重要程度", max_length=8, choices=Importance)
    is_required = models.BooleanField("必须送达", default=False)
    read_at = models.DateTimeField("阅读时间", null=True)
    mail = models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="carried")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "topic"], name="notification_told_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="notification_counts_something"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notification_inbox"),
            models.Index(
                fields=["recipient"],
                name="notification_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["created_at"],
                name="notification_waiting",
                condition=Q(read_at__isnull=True, mail__isnull=True),
            ),
            models.Index(fields=["read_at"], name="notification_read"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"


class MailPreference(TimestampedModel):
    """What a person wants by mail; whoever has chosen nothing has no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference"
    )
    mail = models.CharField("邮件", max_length=8, choices=MailChoice, default=MailChoice.URGENT)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.mail}"
