"""Whom a message reaches: people's places, found in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from backend.firms.models import Firm, Tenancy
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership
from backend.partners.models import Agreement, Contact
from backend.partners.selectors import contact_on
from backend.referrals.models import Referral

# An auditor of a department is no party to its business.
_PARTIES = (Role.FIRM, Role.INCUBATOR, Role.INSTITUTION, Role.DEPARTMENT)


class Person(NamedTuple):
    """A place in an organization, and whose it is."""

    membership_id: int
    user_id: int


def members_of(organization_ids: Collection[int]) -> dict[int, list[Person]]:
    """Return the people of organizations; one query."""
    found: dict[int, list[Person]] = defaultdict(list)
    for organization_id, _, person in _places(organization_ids):
        found[organization_id].append(person)
    return found


def managers_of(organization_ids: Collection[int]) -> dict[int, list[Person]]:
    """Return the managers of organizations, everybody where there is no manager; one query."""
    by_rank: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    for organization_id, rank, person in _places(organization_ids):
        by_rank[organization_id][rank].append(person)
    return {
        organization_id: ranks[Rank.MANAGER] or ranks[Rank.OFFICER]
        for organization_id, ranks in by_rank.items()
    }


def _places(organization_ids: Collection[int]) -> Iterable[tuple[int, str, Person]]:
    rows = (
        Membership.objects.active()
        .filter(organization__in=set(organization_ids), role__in=_PARTIES)
        .order_by("pk")
        .values_list("organization_id", "rank", "pk", "user_id")
    )
    return [(organization, rank, Person(pk, user)) for organization, rank, pk, user in rows]


def people_of_firms(firm_ids: Collection[int], day: date) -> dict[int, list[Person]]:
    """Return who speaks for firms: their own people, and the incubators that they let do so."""
    own = dict(Firm.objects.filter(pk__in=firm_ids).values_list("pk", "organization_id"))
    incubators: dict[int, set[int]] = defaultdict(set)
    tenancies = Tenancy.objects.consented().current(day).filter(firm__in=own)
    for firm_id, incubator_id in tenancies.values_list("firm_id", "incubator_id"):
        incubators[firm_id].add(incubator_id)
    members = members_of({*own.values(), *(pk for pks in incubators.values() for pk in pks)})
    return {
        firm_id: [
            person
            for organization in (organization_id, *sorted(incubators[firm_id]))
            for person in members.get(organization, ())
        ]
        for firm_id, organization_id in own.items()
    }


def people_called(contacts: Mapping[int, Contact], day: date) -> dict[int, list[Person]]:
    """Return, by key, who is called on a day: the contact or whoever covers for them.

    Where that person has no place on the platform, the managers of their organization are told;
    nothing falls into silence. Two queries.
    """
    called = {key: contact_on(contact, day) for key, contact in contacts.items()}
    places = {
        (user, organization): Person(pk, user)
        for pk, user, organization in Membership.objects.active()
        .filter(user__in={one.user_id for one in called.values() if one.user_id})
        .values_list("pk", "user_id", "organization_id")
    }
    lost = {
        one.organization_id
        for one in called.values()
        if (one.user_id, one.organization_id) not in places
    }
    managers = managers_of(lost) if lost else {}
    return {
        key: [places[one.user_id, one.organization_id]]
        if (one.user_id, one.organization_id) in places
        else managers.get(one.organization_id, [])
        for key, one in called.items()
    }


def institution_side(agreement: Agreement, day: date) -> list[Person]:
    """Return whom an institution named in its agreement."""
    return people_called({0: agreement.institution_contact}, day)[0]


def department_side(agreement: Agreement, day: date) -> list[Person]:
    """Return whom a department named in its agreement."""
    return people_called({0: agreement.department_contact}, day)[0]


def workers_on(referral: Referral, day: date) -> list[Person]:
    """Return who works on a referral: its handler, else the contact of the addressed unit.

    A branch that has no handler for it has managers.
    """
    if referral.handler_id is not None:
        place = (
            Membership.objects.active()
            .filter(user=referral.handler_id, organization=referral.unit_id)
            .first()
        )
        if place is not None:
            return [Person(place.pk, place.user_id)]
    if referral.unit_id == referral.institution_id:
        return institution_side(referral.agreement, day)
    return managers_of([referral.unit_id]).get(referral.unit_id, [])


def place_of(user_id: int, organization_ids: Iterable[int]) -> list[Person]:
    """Return a person's place in the first of some organizations in which they have one."""
    places = dict(
        Membership.objects.active()
        .filter(user=user_id, organization__in=(wanted := list(organization_ids)))
        .values_list("organization_id", "pk")
    )
    return [Person(places[one], user_id) for one in wanted if one in places][:1]
