"""Write into the journal what became of a consent."""

from typing import Any

from backend.consents.models import Consent
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor


def note(event_type: EventType, consent: Consent, actor: Actor, **more: Any) -> None:
    """Record an event that says which need, which institution and which groups."""
    record(
        event_type,
        subject=consent,
        actor=actor,
        payload={
            "need": str(consent.need.public_id),
            "need_code": consent.need.code,
            "institution": str(consent.institution.public_id),
            "institution_code": consent.institution.code,
            "direction": str(consent.direction),
            "groups": list(consent.groups),
            "text": consent.text.version,
            **more,
        },
    )
