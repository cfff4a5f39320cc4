"""Contact persons removed at the request of their organization."""

from datetime import datetime
from typing import Final

from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.partners.models import Contact

# The table asks for a name and a number.
FORGOTTEN: Final = "已删除"


def forget_contacts(*, actor: Actor, organization: Organization, now: datetime) -> int:
    """Remove names, numbers and mails of contacts; return how many.

    The row stays with the proof that the person agreed to be named, which is a record; the consent
    ends. Whether it may be done is the caller's knowledge.
    """
    rows = (
        Contact.objects.filter(organization=organization)
        .exclude(name=FORGOTTEN, phone=FORGOTTEN)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for contact in rows:
        contact.name = contact.phone = FORGOTTEN
        contact.post = contact.email = ""
        contact.user = contact.covered_by = None
        contact.is_active = False
        if contact.agreed_at is not None and contact.agreement_withdrawn_at is None:
            contact.agreement_withdrawn_at = now
        contact.save_revision()
        record(
            EventType.CONTACT_CHANGED,
            subject=contact,
            actor=actor,
            payload={"change": "forgotten"},
        )
    return len(rows)
