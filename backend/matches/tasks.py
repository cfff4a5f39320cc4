"""Wake-ups of match runs; harmless when they run twice."""

from celery import shared_task
from django.utils import timezone

from backend.matches import chunks, services


@shared_task
def compute_next_chunk(*, run_id: int) -> None:
    """Compute the next free chunk of a run."""
    chunks.compute_next_chunk(run_id=run_id, now=timezone.now())


@shared_task
def sweep_runs() -> None:
    """Wake runs that lost their wake-ups."""
    services.sweep_runs(now=timezone.now())
