"""The event row and its place in the outbox."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.journal.enums import event_types
from backend.journal.querysets import DispatchQuerySet, EventQuerySet


class Event(models.Model):
    """One change, written in the transaction that made it; never altered, never deleted.

    The database refuses both by trigger. ``payload`` holds codes, figures and ids, no text
    that a stranger could not be shown in the audit list.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField("事件", max_length=40, choices=event_types)
    occurred_at = models.DateTimeField("发生时间", db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # By id only: the journal lies below organizations and outlives them.
    organization_id = models.UUIDField("操作方", null=True, db_index=True)
    subject_type = models.CharField("对象类型", max_length=40)
    subject_id = models.UUIDField("对象")
    payload = models.JSONField("内容", default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type}/{self.subject_id}"


class Dispatch(models.Model):
    """An event's place in the outbox: due until every subscriber has handled it."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="dispatch")
    due_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(relayed_at__isnull=True) | Q(attempts__gte=1),
                name="dispatch_relayed_after_an_attempt",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="dispatch_due", condition=Q(relayed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"dispatch of {self.event_id}"
