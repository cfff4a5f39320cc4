"""Wake-ups of the outbox; harmless when they run twice."""

from celery import shared_task
from django.utils import timezone

from backend.journal import services


@shared_task
def relay_event(*, dispatch_id: int) -> None:
    """Relay one event."""
    services.relay(dispatch_id=dispatch_id, now=timezone.now())


@shared_task
def sweep_events() -> None:
    """Relay what a lost wake-up left behind, and what was recorded in bulk.

    A full batch asks for the next one at once: a list of thousands of rows is told in one go, with
    other tasks in between.
    """
    if services.sweep(now=timezone.now()) == services.SWEEP_BATCH:
        sweep_events.delay()
