"""Messages that were sent, given up or held years ago, with their attempts."""

from datetime import datetime, timedelta

from django.conf import settings

from backend.common.retention import delete_in_batches
from backend.webhooks.enums import MessageStatus
from backend.webhooks.models import WebhookMessage


def purge_messages(*, now: datetime) -> int:
    """Forget messages that are not in line any more, after the time that deliveries are kept."""
    since = now - timedelta(days=settings.KEEP_DELIVERY_DAYS)
    return delete_in_batches(
        WebhookMessage.objects.exclude(status=MessageStatus.PENDING).filter(updated_at__lt=since)
    )
