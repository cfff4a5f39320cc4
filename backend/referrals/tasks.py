"""Background work on referrals; each task loads, calls one service, and may run twice."""

from celery import shared_task
from django.utils import timezone

from backend.referrals.services import escalation, outcomes


@shared_task
def sweep_clocks() -> int:
    """Tell everybody whom a running or overdue clock calls for."""
    return escalation.sweep_clocks(now=timezone.now())


@shared_task
def remind_of_outcomes() -> int:
    """Remind firms of drawdowns that they have not looked at."""
    return outcomes.remind_of_outcomes(now=timezone.now())
