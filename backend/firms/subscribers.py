"""What firms do when something happens below them."""

from backend.firms.services import ensure_firm
from backend.journal.models import Event
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization


def open_record(event: Event) -> None:
    """Open the record of a firm whose organization was created."""
    organization = Organization.objects.filter(
        public_id=event.subject_id, kind=OrganizationKind.FIRM
    ).first()
    if organization is not None:
        ensure_firm(organization=organization)
