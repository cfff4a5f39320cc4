"""Background work of learning; each task calls one service, and may run twice."""

from celery import shared_task
from django.utils import timezone

from backend.learning.services import training


@shared_task
def train_version(*, version_id: int) -> bool:
    """Fit one waiting version and compare it."""
    return training.train_version(version_id=version_id, now=timezone.now())


@shared_task
def sweep_training() -> int:
    """Train what a lost wake-up left behind."""
    return training.sweep_training(now=timezone.now())
