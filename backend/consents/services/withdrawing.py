"""A firm takes a consent back."""

from datetime import datetime

from django.db import transaction

from backend.consents import policies
from backend.consents.enums import Direction
from backend.consents.models import Consent
from backend.consents.services.recording import note
from backend.consents.services.standing import lock_firm_consents, lock_standing
from backend.journal.enums import EventType
from backend.organizations.actors import Actor


@transaction.atomic
def withdraw_consent(*, actor: Actor, consent: Consent, now: datetime) -> Consent:
    """Take back whatever stands for the need, the institution and the direction of a consent.

    It holds at once: from the commit on nothing is shown, and what is being sent is either
    finished before, so that it is taken back, or sees the withdrawal. Repeating changes nothing.
    Whoever withdraws on a page that shows a replaced consent withdraws the one that replaced it.
    """
    policies.require_can_withdraw(actor, consent)
    lock_firm_consents(consent.need.firm)
    standing = lock_standing(consent.need, [consent.institution], Direction(consent.direction)).get(
        consent.institution_id
    )
    if standing is None:
        consent.refresh_from_db()
        return consent
    # One granted while this call waited is taken back no earlier than it was given.
    standing.withdrawn_at = max(now, standing.granted_at)
    standing.withdrawn_by = actor.user
    standing.save_revision(update_fields=["withdrawn_at", "withdrawn_by"])
    note(EventType.CONSENT_WITHDRAWN, standing, actor)
    return standing
