"""Records once that something is about to end: consents, needs, agreements."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from backend.consents.models import Consent
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.journal.services import record_many
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.partners.models import Agreement

CONSENT_DAYS = 14
NEED_DAYS = 14
AGREEMENT_DAYS = 60
# One run at a time, so that each ending is recorded once.
_LOCK = 0x656E64696E67  # "ending"


@transaction.atomic
def note_deadlines(*, today: date) -> int:
    """Record what ends within its notice; each end once, and again when it was moved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return sum(
        _note(event_type, rows, ends)
        for event_type, rows, ends in (
            (EventType.CONSENT_EXPIRING, _consents(today), "expires_on"),
            (EventType.NEED_EXPIRING, _needs(today), "expires_on"),
            (EventType.AGREEMENT_EXPIRING, _agreements(today), "valid_until"),
        )
    )


def _note(event_type: EventType, rows: QuerySet, ends: str) -> int:
    found = {(one.public_id, getattr(one, ends).isoformat()): one for one in rows}
    told = Event.objects.filter(
        type=event_type, subject_id__in={public_id for public_id, _ in found}
    )
    known = set(told.values_list("subject_id", "payload__ends_on"))
    new = {key: one for key, one in found.items() if key not in known}
    record_many(event_type, ((one, {"ends_on": day}) for (_, day), one in new.items()), actor=None)
    return len(new)


def _consents(today: date) -> QuerySet[Consent]:
    at_work = [NeedStatus.OPEN, NeedStatus.IN_REFERRAL]
    return Consent.objects.live_on(today).filter(
        expires_on__lte=today + timedelta(days=CONSENT_DAYS), need__status__in=at_work
    )


def _needs(today: date) -> QuerySet[Need]:
    return Need.objects.open().filter(
        expires_on__gt=today, expires_on__lte=today + timedelta(days=NEED_DAYS)
    )


def _agreements(today: date) -> QuerySet[Agreement]:
    return Agreement.objects.live_on(today).filter(
        valid_until__lte=today + timedelta(days=AGREEMENT_DAYS)
    )
