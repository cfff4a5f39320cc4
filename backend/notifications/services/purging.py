"""Clears inboxes: what was read goes first; the record that a mail was sent stays for years."""

from datetime import datetime, timedelta

from django.conf import settings

from backend.notifications.models import Mail, Notification


def purge(*, now: datetime) -> int:
    """Delete notifications past their time and mails past theirs; return how many notifications."""
    read = Notification.objects.filter(
        read_at__lt=now - timedelta(days=settings.NOTIFICATION_READ_DAYS)
    )
    unread = Notification.objects.unread().filter(
        created_at__lt=now - timedelta(days=settings.NOTIFICATION_UNREAD_DAYS)
    )
    deleted = sum(rows._raw_delete(rows.db) for rows in (read, unread))
    Mail.objects.filter(created_at__lt=now - timedelta(days=settings.MAIL_RECORD_DAYS)).delete()
    return deleted
