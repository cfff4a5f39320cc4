"""Background work on referrals; each task loads, calls one service, and may run twice."""

from celery import shared_task
from django.utils import timezone

from backend.referrals.services import escalation, outcomes, reassessing


@shared_task
def sweep_clocks() -> int:
    """Tell everybody whom a running or overdue clock calls for."""
    return escalation.sweep_clocks(now=timezone.now())


@shared_task
def remind_of_outcomes() -> int:
    """Remind firms of drawdowns that they have not looked at."""
    return outcomes.remind_of_outcomes(now=timezone.now())


@shared_task
def reassess(*, reassessment_id: int) -> int:
    """Compare the open needs anew after one change of the catalogue."""
    return len(reassessing.reassess(reassessment_id=reassessment_id, now=timezone.now()))


@shared_task
def sweep_reassessments() -> int:
    """Do what a lost wake-up left behind."""
    return reassessing.sweep_reassessments(now=timezone.now())
