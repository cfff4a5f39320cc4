"""What a person does with their inbox: read one, read all."""

from datetime import datetime

from backend.notifications.models import Notification
from backend.organizations.actors import Actor


def mark_read(*, notification: Notification, now: datetime) -> Notification:
    """Note that a notification was read; the first reading counts."""
    Notification.objects.filter(pk=notification.pk).unread().update(read_at=now, updated_at=now)
    notification.refresh_from_db()
    return notification


def mark_all_read(*, actor: Actor, until: datetime | None, now: datetime) -> int:
    """Note that everything up to a moment was read, and return how many that were.

    ``until`` keeps what arrived after the page was loaded unread.
    """
    unread = Notification.objects.visible_to(actor).unread()
    if until is not None:
        unread = unread.filter(created_at__lte=until)
    return unread.update(read_at=now, updated_at=now)
