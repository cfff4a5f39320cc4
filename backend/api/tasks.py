"""Housekeeping of the whole platform; harmless when it runs twice."""

from celery import shared_task
from django.utils import timezone

from backend.common.retention import purge_all


@shared_task
def purge() -> None:
    """Forget what no app keeps any longer."""
    purge_all(now=timezone.now())
