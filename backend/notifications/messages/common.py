"""What the tables of messages share: finding the subject of an event, and ways to say things."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from backend.activities.models import Intent
from backend.data_requests.models import DataRequest
from backend.journal.models import Event
from backend.needs.models import Need
from backend.notifications.registry import Reading
from backend.partners.models import Agreement
from backend.referrals.models import Drawdown, Referral, Sheet

_WAN = 10_000
_CONTACTS = ("institution_contact", "second_contact", "department_contact")


def today_of(event: Event) -> date:
    """Return the day on which something happened, in Shanghai."""
    return timezone.localdate(event.occurred_at)


def referral_of(event: Event) -> Referral | None:
    """Return the referral that an event is about."""
    return _referrals().filter(public_id=event.subject_id).first()


def referral_named(public_id: UUID | str) -> Referral | None:
    """Return the referral that a payload names, loaded alike."""
    return _referrals().filter(public_id=public_id).first()


def _referrals() -> QuerySet[Referral]:
    # Contacts are read where they are called: most events call nobody of the agreement.
    return Referral.objects.select_related("need", "agreement")


def drawdown_of(event: Event) -> Drawdown | None:
    """Return the drawdown that an event is about."""
    return Drawdown.objects.filter(public_id=event.subject_id).select_related("referral").first()


def need_of(event: Event) -> Need | None:
    """Return the need that an event is about."""
    return Need.objects.with_firm().filter(public_id=event.subject_id).first()


def intent_of(event: Event) -> Intent | None:
    """Return the investor's intent that an event is about."""
    return Intent.objects.filter(public_id=event.subject_id).select_related("project__need").first()


def data_request_of(event: Event) -> DataRequest | None:
    """Return the request about data that an event is about."""
    return DataRequest.objects.for_display().filter(public_id=event.subject_id).first()


def agreement_of(event: Event) -> Agreement | None:
    """Return the agreement that an event is about, with its contacts."""
    return Agreement.objects.with_contacts().filter(public_id=event.subject_id).first()


def sheets_named(event: Event) -> list[Sheet]:
    """Return the sheets that an event names, with ``referral_count`` and whom to call."""
    public_ids: Collection[str] = event.payload["sheets"]
    return list(
        Sheet.objects.filter(public_id__in=public_ids)
        .select_related("recall", *(f"agreement__{name}__covered_by" for name in _CONTACTS))
        .annotate(referral_count=Count("referrals"))
        .defer("content")
        .order_by("pk")
    )


def need_label(reading: Reading, need: Need) -> str:
    """Name a need by its code, and by its firm where the reader may know it."""
    return f"需求 {need.code}" + (f"（{reading.firm_name}）" if reading.firm_name else "")


def wan(amount_yuan: int) -> str:
    """Write an amount as people read it."""
    return f"{amount_yuan / _WAN:g} 万元"
