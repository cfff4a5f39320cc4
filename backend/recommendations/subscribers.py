"""What recommendations do when their need goes back or ends."""

from backend.journal.models import Event


def follow_need(event: Event) -> None:
    """Send back or end the recommendations under way."""
