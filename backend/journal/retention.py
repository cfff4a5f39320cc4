"""Places in the outbox that are long done; events themselves are never forgotten."""

from datetime import datetime, timedelta

from django.conf import settings

from backend.common.retention import delete_in_batches
from backend.journal.models import Dispatch


def purge_dispatches(*, now: datetime) -> int:
    """Forget that an event was relayed, after the time that logs are kept."""
    since = now - timedelta(days=settings.KEEP_LOG_DAYS)
    return delete_in_batches(Dispatch.objects.filter(relayed_at__lt=since))
