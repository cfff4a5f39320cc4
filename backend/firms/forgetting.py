"""What a firm says of itself in its own words, removed at its request."""

from backend.firms.models import Firm
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor


def forget_description(*, actor: Actor, firm: Firm) -> int:
    """Empty the description; return 1 if there was one.

    Whether it may be is the caller's knowledge. Call it in the transaction that decides so.
    """
    firm = Firm.objects.select_for_update(no_key=True).get(pk=firm.pk)
    if not firm.description:
        return 0
    firm.description = ""
    firm.save_revision(update_fields=["description"])
    record(
        EventType.FIRM_CHANGED,
        subject=firm,
        actor=actor,
        payload={"fields": ["description"], "change": "forgotten"},
    )
    return 1
