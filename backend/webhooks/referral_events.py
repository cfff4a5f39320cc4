"""What institutions' systems hear of referrals, lists and outcomes: that it happened, by ids."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.referrals.models import Drawdown, Referral, Sheet
from backend.webhooks.registry import Facts, PayloadValue, register

_OF_A_REFERRAL = (
    EventType.REFERRAL_SENT,
    EventType.REFERRAL_WITHDRAWN,
    EventType.DOCUMENTS_GIVEN,
    EventType.REFERRAL_REOPENED,
)
_OF_A_LIST = (EventType.LIST_SENT, EventType.LIST_RECALLED, EventType.SHEET_RECALLED)


def register_referral_events() -> None:
    """Tell the institution that a referral went to, and the unit that works on it."""
    for event_type in _OF_A_REFERRAL:
        register(event_type, facts=_facts_of_referrals)
    for event_type in _OF_A_LIST:
        register(event_type, recipients=_sides_of_list, payload=_list_ids)
    register(EventType.DRAWDOWN_REVIEWED, recipients=_sides_of_drawdown, payload=_drawdown_ids)


def _facts_of_referrals(events: Sequence[Event]) -> Facts:
    """Say of each referral which institution and unit it concerns, in one query."""
    rows = Referral.objects.filter(public_id__in={event.subject_id for event in events})
    known = {
        public_id: ({institution, unit}, {"referral_id": public_id, "revision": revision})
        for public_id, institution, unit, revision in rows.values_list(
            "public_id", "institution__public_id", "unit__public_id", "revision"
        )
    }
    return {event.pk: known[event.subject_id] for event in events}


def _sides_of_list(event: Event) -> set[UUID]:
    """Return whoever was sent the sheets, of needs or a roster, or works on what stood there."""
    sheets = Sheet.objects.filter(public_id__in=event.payload["sheets"])
    addressed = sheets.values_list("institution__public_id", flat=True)
    units = Referral.objects.filter(sheet__in=sheets).values_list("unit__public_id", flat=True)
    return {*addressed, *units}


def _list_ids(event: Event) -> dict[str, PayloadValue]:
    """Name the list alone: whose sheets it had is no business of the others."""
    return {"referral_list_id": event.subject_id}


def _sides_of_drawdown(event: Event) -> set[UUID]:
    return _sides(
        Drawdown.objects.filter(public_id=event.subject_id).values_list(
            "referral__institution__public_id", "referral__unit__public_id"
        )
    )


def _drawdown_ids(event: Event) -> dict[str, PayloadValue]:
    drawdown = Drawdown.objects.select_related("referral").get(public_id=event.subject_id)
    return {
        "drawdown_id": drawdown.public_id,
        "referral_id": drawdown.referral.public_id,
        "revision": drawdown.revision,
    }


def _sides(pairs: Iterable[tuple[UUID, UUID]]) -> set[UUID]:
    return {side for pair in pairs for side in pair}
