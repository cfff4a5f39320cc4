"""Who of a department is told: what waits for them, and what goes wrong in their region."""

from collections.abc import Callable, Iterable
from datetime import date

from backend.catalogue.models import Policy, Product
from backend.journal.models import Event
from backend.notifications.messages.common import (
    agreement_of,
    data_request_of,
    drawdown_of,
    need_of,
    referral_named,
    referral_of,
    today_of,
)
from backend.notifications.people import (
    Person,
    department_side,
    managers_of,
    members_of,
    people_called,
    place_of,
)
from backend.notifications.registry import Told
from backend.organizations.enums import Role
from backend.organizations.lines import line_of
from backend.organizations.models import Membership, Organization
from backend.partners.models import Agreement
from backend.partners.selectors import department_of
from backend.referrals.enums import Escalation, ListStatus, OutcomeState
from backend.referrals.models import Matter, ReferralList, Sheet
from backend.referrals.services.approval import get_chain, get_due_post

_Tells = Callable[[Event], Iterable[Told]]


def to_the_nearest(event: Event) -> Iterable[Told]:
    """Tell everybody of the department that answers for the firm's region."""
    need = need_of(event)
    department = department_of(need.firm.organization.region_code) if need else None
    if need is not None and department is not None:
        people = members_of([department.pk]).get(department.pk, [])
        yield Told(people, need.public_id)


def to_answerers(event: Event) -> Iterable[Told]:
    """Tell the managers of the department that answers for the firm's region."""
    asked = data_request_of(event)
    department = department_of(asked.firm.organization.region_code) if asked else None
    if asked is not None and department is not None:
        yield Told(managers_of([department.pk]).get(department.pk, []), asked.public_id)


def _list_of(event: Event) -> ReferralList | None:
    return (
        ReferralList.objects.filter(public_id=event.subject_id)
        .select_related("department")
        .prefetch_related("approvals")
        .first()
    )


def to_signers(event: Event) -> Iterable[Told]:
    """Tell whoever may sign next: the post's rank and title, not the drafter, nobody twice."""
    found = _list_of(event)
    post = get_due_post(found) if found is not None else None
    if found is None or post is None:
        return
    seat = next(one for one in get_chain(found.department) if one.post == post)
    signed = [
        one.signed_by_id for one in found.approvals.all() if one.round == found.approval_round
    ]
    places = Membership.objects.active().filter(
        organization=found.department_id, role=Role.DEPARTMENT
    )
    if seat.rank:
        places = places.filter(rank=seat.rank)
    if seat.title:
        places = places.filter(post=seat.title)
    rows = places.exclude(user__in=[*signed, found.drafted_by_id]).order_by("pk")
    people = [Person(pk, user) for pk, user in rows.values_list("pk", "user_id")]
    yield Told(people, found.public_id, topic=f"{found.pk}:{found.approval_round}:{post}")


def to_drafter(status: ListStatus) -> _Tells:
    """Tell whoever drafted a list, when it has come to a status."""

    def tells(event: Event) -> Iterable[Told]:
        found = _list_of(event)
        if found is not None and found.status == status and found.drafted_by_id is not None:
            yield Told(place_of(found.drafted_by_id, [found.department_id]), found.public_id)

    return tells


def to_sender(event: Event) -> Iterable[Told]:
    """Tell the department's contact of a returned copy once, however many rows it has."""
    sheet = (
        Sheet.objects.filter(public_id=event.subject_id)
        .select_related("agreement__department_contact__covered_by")
        .defer("content")
        .first()
    )
    if sheet is not None:
        people = department_side(sheet.agreement, today_of(event))
        topic = f"{sheet.pk}:{event.payload['file_digest']}"
        yield Told(people, sheet.public_id, topic=topic)


def about_referral(is_meant: Callable[[Event], bool]) -> _Tells:
    """Tell the department's contact of a referral, when the event is meant."""

    def tells(event: Event) -> Iterable[Told]:
        referral = referral_of(event) if is_meant(event) else None
        if referral is not None:
            people = department_side(referral.agreement, today_of(event))
            yield Told(people, referral.public_id)

    return tells


def is_level(level: Escalation) -> Callable[[Event], bool]:
    """Say "the clock called for this level"."""
    return lambda event: event.payload["escalation"] == level


def about_contested(event: Event) -> Iterable[Told]:
    """Tell the department's contact of a drawdown that the firm contests."""
    if event.payload["state"] != OutcomeState.CONTESTED:
        return
    drawdown = drawdown_of(event)
    referral = referral_named(drawdown.referral.public_id) if drawdown else None
    if drawdown is not None and referral is not None:
        yield Told(department_side(referral.agreement, today_of(event)), drawdown.public_id)


def _matter_of(event: Event) -> Matter | None:
    return Matter.objects.filter(public_id=event.subject_id).select_related("referral").first()


def about_matter(event: Event) -> Iterable[Told]:
    """Tell the department's contact of a matter."""
    matter = _matter_of(event)
    referral = referral_named(matter.referral.public_id) if matter else None
    if matter is not None and referral is not None:
        yield Told(department_side(referral.agreement, today_of(event)), matter.public_id)


def to_agency(event: Event) -> Iterable[Told]:
    """Tell the agency in charge of a matter once, however often the matter changes."""
    matter = _matter_of(event)
    if matter is not None and matter.agency_id is not None:
        people = managers_of([matter.agency_id]).get(matter.agency_id, [])
        yield Told(people, matter.public_id, topic=f"{matter.pk}:{matter.agency_id}")


def to_contact(event: Event) -> Iterable[Told]:
    """Tell the department's contact of an agreement."""
    agreement = agreement_of(event)
    if agreement is not None:
        yield Told(department_side(agreement, today_of(event)), agreement.public_id)


def to_partners_of(model: type[Product] | type[Policy]) -> _Tells:
    """Tell the departments that the institution works with; what was loaded tells nobody."""

    def tells(event: Event) -> Iterable[Told]:
        if event.user_id is None:
            return
        offer = model.objects.filter(public_id=event.subject_id).select_related("institution")
        for found in offer:
            yield Told(_partners(found.institution, today_of(event)), found.public_id)

    return tells


def _partners(institution: Organization, day: date) -> list[Person]:
    agreements = Agreement.objects.live_on(day).filter(institution__in=line_of(institution))
    contacts = {one.pk: one.department_contact for one in agreements.with_contacts()}
    return [person for people in people_called(contacts, day).values() for person in people]
