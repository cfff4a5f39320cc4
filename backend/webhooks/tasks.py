"""Wake-ups of deliveries; harmless when they run twice."""

from celery import shared_task

from backend.webhooks import runner


@shared_task
def deliver_due() -> int:
    """Deliver what is due, also what a lost wake-up left behind."""
    return runner.deliver_due()
