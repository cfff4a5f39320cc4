"""Endpoints of institutions, their secrets, the messages to them and each attempt."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.common.models import EditableModel, PublicModel
from backend.journal.models import Event
from backend.organizations.models import Organization
from backend.webhooks.enums import DisabledBy, EndpointStatus, ErrorKind, MessageStatus
from backend.webhooks.querysets import EndpointQuerySet, MessageQuerySet

LONGEST_URL = 500
LONGEST_REASON = 200
LONGEST_REPLY = 500


class WebhookEndpoint(EditableModel):
    """An address of an institution's system and the events that it wants to hear of.

    ``failing_since`` is set when a message was given up and cleared by the next success; until
    ``quiet_until`` nothing is sent, because the receiver asked for it.
    """

    organization = models.ForeignKey(
        Organization,
        verbose_name="机构",
        on_delete=models.PROTECT,
        related_name="webhook_endpoints",
    )
    url = models.CharField("地址", max_length=LONGEST_URL)
    event_types = ArrayField(models.CharField(max_length=60), verbose_name="订阅的事件")
    status = models.CharField(
        "状态", max_length=16, choices=EndpointStatus, default=EndpointStatus.ACTIVE
    )
    disabled_by = models.CharField("停用方", max_length=24, choices=DisabledBy, blank=True)
    disabled_reason = models.CharField("停用原因", max_length=LONGEST_REASON, blank=True)
    disabled_at = models.DateTimeField("停用时间", null=True, blank=True)
    failing_since = models.DateTimeField("持续失败自", null=True, blank=True)
    quiet_until = models.DateTimeField("暂缓至", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=EndpointStatus.DISABLED, disabled_at__isnull=False)
                & ~Q(disabled_by="")
                | Q(status__in=[EndpointStatus.ACTIVE, EndpointStatus.REMOVED]),
                name="webhook_endpoint_disabled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.url}"

    @property
    def host(self) -> str:
        """The address's host, which may be shown to others."""
        return urlsplit(self.url).hostname or ""


class WebhookSecret(models.Model):
    """What a signing secret is derived from; the secret itself is stored nowhere.

    ``digest`` tells whether the derivation still yields the secret that was shown. The current
    one has no end; the previous one signs beside it until ``valid_until`` (excluded).
    """

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    salt = models.BinaryField()
    digest = models.BinaryField()
    created_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=Q(valid_until__isnull=True),
                name="webhook_secret_one_current",
            ),
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=Q(valid_until__isnull=False),
                name="webhook_secret_one_previous",
            ),
        ]

    def __str__(self) -> str:
        return f"secret of {self.endpoint_id}"


class WebhookMessage(PublicModel):
    """One event for one endpoint; its public id is the ``webhook-id`` of all attempts.

    ``attempts`` counts all of them, ``tries`` those since the message was last put in line.
    While a worker holds the message, ``due_at`` is the end of its lease.
    """

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="messages")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    type = models.CharField("类型", max_length=60)
    body = models.TextField("内容")
    status = models.CharField(
        "状态", max_length=16, choices=MessageStatus, default=MessageStatus.PENDING
    )
    due_at = models.DateTimeField("下次投递", null=True)
    claim_id = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField("投递次数", default=0)
    tries = models.PositiveSmallIntegerField("本轮次数", default=0)
    delivered_at = models.DateTimeField("送达时间", null=True)
    last_error = models.CharField("最近错误", max_length=24, choices=ErrorKind, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event"], name="webhook_message_once_per_event"
            ),
            models.CheckConstraint(
                condition=Q(status=MessageStatus.PENDING, due_at__isnull=False)
                | (
                    ~Q(status=MessageStatus.PENDING) & Q(due_at__isnull=True, claim_id__isnull=True)
                ),
                name="webhook_message_due_while_pending",
            ),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.DELIVERED) | Q(delivered_at__isnull=False),
                name="webhook_message_delivered_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"],
                name="webhook_message_due",
                condition=Q(status=MessageStatus.PENDING),
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhook_message_recent"),
            models.Index(
                fields=["endpoint", "-delivered_at"],
                name="webhook_message_delivered",
                condition=Q(delivered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.webhook_id}"

    @property
    def webhook_id(self) -> str:
        """The header of all attempts, by which the receiver knows a repetition."""
        return f"msg_{self.public_id.hex}"


class WebhookAttempt(models.Model):
    """One request and what came of it; ``reply`` is the clipped beginning of the answer."""

    message = models.ForeignKey(
        WebhookMessage, on_delete=models.CASCADE, related_name="attempt_rows"
    )
    number = models.PositiveIntegerField("第几次")
    started_at = models.DateTimeField("时间")
    duration_ms = models.PositiveIntegerField("毫秒")
    status_code = models.PositiveSmallIntegerField("状态码", null=True)
    error_kind = models.CharField("错误", max_length=24, choices=ErrorKind, blank=True)
    reply = models.CharField("回答（节选）", max_length=LONGEST_REPLY, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.message_id}"
