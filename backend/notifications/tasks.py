"""Wake-ups of mails and periodic jobs; harmless when they run twice."""

from celery import shared_task
from django.utils import timezone

from backend.notifications.services import collecting, deadlines, purging, sending


@shared_task
def send_mail() -> int:
    """Write the mails that are called for and send what is due."""
    now = timezone.now()
    collecting.collect(now=now)
    return sending.send_due(now=now)


@shared_task
def note_deadlines() -> int:
    """Record what is about to end."""
    return deadlines.note_deadlines(today=timezone.localdate())


@shared_task
def purge_notifications() -> int:
    """Delete what was read long ago, and after a longer time what was not."""
    return purging.purge(now=timezone.now())
