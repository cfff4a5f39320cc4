"""What the catalogue does when something below it changes."""

from backend.catalogue.state import advance_catalogue
from backend.journal.models import Event
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.models import Organization

# What copies of the catalogue say of an institution beside its code, which never changes.
_SHOWN = frozenset({"name", "is_demonstration"})


def renew_institution_names(event: Event) -> None:
    """Count the catalogue up when an institution is renamed, so that no copy keeps the old name."""
    if _SHOWN.isdisjoint(event.payload["fields"]):
        return
    changed = Organization.objects.filter(public_id=event.subject_id, kind__in=OFFERING_KINDS)
    if changed.exists():
        advance_catalogue()
