"""Turns a journal event into rows of people's inboxes, in the relay's transaction."""

from collections.abc import Iterator

from django.db import transaction

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.notifications.enums import Importance
from backend.notifications.models import Notification
from backend.notifications.registry import Message, messages_of
from backend.organizations.models import Membership

BATCH = 1_000


def write_notifications(event: Event) -> None:
    """Write what an event says to people; harmless when it runs twice.

    Nobody is told of what they did themselves, or of what happened before they came.
    """
    rows = [row for message in messages_of(EventType(event.type)) for row in _rows(message, event)]
    if not rows:
        return
    newcomers = set(
        Membership.objects.filter(
            pk__in={row.recipient_id for row in rows}, created_at__gt=event.occurred_at
        ).values_list("pk", flat=True)
    )
    rows = [row for row in rows if row.recipient_id not in newcomers]
    Notification.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    if any(row.importance == Importance.URGENT for row in rows):
        transaction.on_commit(wake, robust=True)


def _rows(message: Message, event: Event) -> Iterator[Notification]:
    for told in message.tells(event):
        topic = told.topic or f"{event.pk}:{told.subject_id}"
        for person in dict.fromkeys(told.people):
            if person.user_id == event.user_id:
                continue
            yield Notification(
                recipient_id=person.membership_id,
                user_id=person.user_id,
                event=event,
                kind=message.code,
                subject_type=message.subject,
                subject_id=told.subject_id,
                topic=f"{message.code}:{topic}",
                count=told.count,
                importance=message.importance,
                is_required=message.is_required,
            )


def wake() -> None:
    """Ask a worker to send what is due; if the broker is away, the sweep does."""
    from backend.notifications.tasks import send_mail  # noqa: PLC0415 - tasks import services

    send_mail.delay()
