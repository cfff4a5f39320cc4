"""Background work on needs; each task loads, calls one service, and may run twice."""

from celery import shared_task
from django.utils import timezone

from backend.needs import services


@shared_task
def expire_needs() -> int:
    """Expire the open needs whose latest date has passed."""
    return services.expire_needs(today=timezone.localdate())
