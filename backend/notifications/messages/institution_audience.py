"""Who of an institution is told: whom the agreement names, the handler, the managers."""

from collections.abc import Callable, Iterable, Sequence

from backend.journal.models import Event
from backend.notifications.messages.common import (
    agreement_of,
    drawdown_of,
    intent_of,
    referral_named,
    referral_of,
    sheets_named,
    today_of,
)
from backend.notifications.people import (
    Person,
    institution_side,
    managers_of,
    members_of,
    people_called,
    place_of,
    workers_on,
)
from backend.notifications.registry import Told
from backend.organizations.models import Organization
from backend.referrals.enums import Escalation, OutcomeState
from backend.referrals.models import Matter, Referral

_Tells = Callable[[Event], Iterable[Told]]


def to_addressed(event: Event) -> Iterable[Told]:
    """One message per sheet: to whom the agreement names, and to the managers, who assign."""
    sheets = sheets_named(event)
    contacts = {sheet.pk: sheet.agreement.institution_contact for sheet in sheets}
    called = people_called(contacts, today_of(event))
    managers = managers_of({sheet.institution_id for sheet in sheets})
    for sheet in sheets:
        people = [*called[sheet.pk], *managers.get(sheet.institution_id, ())]
        yield Told(people, sheet.public_id, max(sheet.referral_count, 1))


def to_addressed_once(event: Event) -> Iterable[Told]:
    """Tell the same people, whatever the sheet holds."""
    return (Told(told.people, told.subject_id) for told in to_addressed(event))


def to_workers(is_meant: Callable[[Event], bool] = lambda _: True) -> _Tells:
    """Tell whoever works on the referral, when the event is meant."""

    def tells(event: Event) -> Iterable[Told]:
        referral = referral_of(event) if is_meant(event) else None
        if referral is not None:
            yield Told(workers_on(referral, today_of(event)), referral.public_id)

    return tells


def by_the_unit(event: Event) -> bool:
    """Say "a unit gave it to another one of the institution"."""
    return "from" in event.payload


def by_itself(event: Event) -> bool:
    """What a recall took back is told once per list; a lapse by silence is told here too."""
    return "step" in event.payload


def to_called(level: Escalation) -> _Tells:
    """Tell whom a clock called, else the managers of the unit in charge."""

    def tells(event: Event) -> Iterable[Told]:
        if event.payload["escalation"] != level:
            return
        referral = referral_of(event)
        if referral is not None:
            people = _called_in(event, referral, level)
            yield Told(people, referral.public_id)

    return tells


def _called_in(event: Event, referral: Referral, level: Escalation) -> Sequence[Person]:
    agreement = referral.agreement
    contact = (
        agreement.second_contact or agreement.institution_contact
        if level is Escalation.SECOND_CONTACT
        else agreement.institution_contact
    )
    user_id = event.payload.get("user")
    where = [referral.unit_id, referral.institution_id, contact.organization_id]
    named = place_of(user_id, where) if user_id is not None else []
    return named or people_called({0: contact}, today_of(event))[0]


def to_reporters(event: Event) -> Iterable[Told]:
    """Tell whoever works on the referral what both sides agreed, or did not, of a drawdown."""
    drawdown = drawdown_of(event)
    known = {OutcomeState.CONFIRMED, OutcomeState.CONTESTED, OutcomeState.RECONCILED}
    if drawdown is None or event.payload["state"] not in known:
        return
    referral = referral_named(drawdown.referral.public_id)
    if referral is not None:
        yield Told(workers_on(referral, today_of(event)), drawdown.public_id)


def to_those_of_matter(event: Event) -> Iterable[Told]:
    """Tell whoever works on the referral that a matter belongs to."""
    matter = Matter.objects.filter(public_id=event.subject_id).select_related("referral").first()
    referral = referral_named(matter.referral.public_id) if matter else None
    if matter is not None and referral is not None:
        yield Told(workers_on(referral, today_of(event)), matter.public_id)


def to_contact(event: Event) -> Iterable[Told]:
    """Tell the institution's contact of an agreement."""
    agreement = agreement_of(event)
    if agreement is not None:
        yield Told(institution_side(agreement, today_of(event)), agreement.public_id)


def to_managers(event: Event) -> Iterable[Told]:
    """Tell the managers of the organization that an event names."""
    organization = Organization.objects.filter(public_id=event.payload["organization"]).first()
    if organization is not None:
        people = managers_of([organization.pk]).get(organization.pk, [])
        yield Told(people, event.subject_id)


def to_those_of_intent(event: Event) -> Iterable[Told]:
    """Tell the people of the institution that declared an intent."""
    intent = intent_of(event)
    if intent is not None:
        people = members_of([intent.institution_id]).get(intent.institution_id, [])
        yield Told(people, intent.public_id)
