"""Housekeeping of the API; harmless when it runs twice."""

from celery import shared_task
from django.utils import timezone

from backend.api.idempotency import purge_idempotent_requests


@shared_task
def purge_requests() -> None:
    """Forget the answers to keyed requests after a day."""
    purge_idempotent_requests(now=timezone.now())
