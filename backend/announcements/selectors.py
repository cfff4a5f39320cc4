"""What is read of announcements."""

from django.db.models import QuerySet

from backend.announcements.models import Announcement
from backend.journal.models import Event
from backend.organizations.actors import Actor

_ON_THE_FIRST_PAGE = 3


def list_current(actor: Actor) -> QuerySet[Announcement]:
    """Return what concerns the actor today, pinned ones first, then the latest."""
    rows = Announcement.objects.concerning(actor).with_parties().with_reading(actor)
    return rows.order_by("-is_pinned", "-published_at", "-pk")


def list_for_first_page(actor: Actor) -> list[Announcement]:
    """Return the few that stand on the first page: pinned ones and what is unread goes first."""
    rows = list_current(actor).order_by("-is_pinned", "is_read", "-published_at", "-pk")
    return list(rows[:_ON_THE_FIRST_PAGE])


def list_history(announcement: Announcement) -> QuerySet[Event]:
    """Return what happened to an announcement, the latest first."""
    about = Event.objects.filter(subject_type="announcement", subject_id=announcement.public_id)
    return about.select_related("user").order_by("-pk")
