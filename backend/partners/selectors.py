"""What is read of partners: the agreement in force, whom to call, who is responsible."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS, OrganizationKind
from backend.organizations.lines import at_or_below, list_lines
from backend.organizations.models import Organization
from backend.partners.models import Agreement, Contact, ServiceRegion
from backend.reference.models import Region
from backend.reference.regions import containing_divisions

# A cover may be away as well; a longer chain is nobody's plan.
LONGEST_COVER = 5


def get_live_agreement(
    *, department: Organization, institution: Organization, day: date
) -> Agreement | None:
    """Return the agreement that a department and an institution's unit work under on a day.

    A unit without its own works under that of its nearest upper unit.
    """
    found = list_live_agreements(department=department, institution_ids=[institution.pk], day=day)
    return found.get(institution.pk)


def list_live_agreements(
    *, department: Organization, institution_ids: Collection[int], day: date
) -> dict[int, Agreement]:
    """Return the agreement of each unit that has one on a day; two queries for any number."""
    lines = list_lines(institution_ids)
    upper_ids = {pk for line in lines.values() for pk in line}
    rows = Agreement.objects.live_on(day).filter(department=department, institution__in=upper_ids)
    by_institution = {
        agreement.institution_id: agreement for agreement in rows.with_contacts().order_by("pk")
    }
    found = {
        unit: next((by_institution[pk] for pk in line if pk in by_institution), None)
        for unit, line in lines.items()
    }
    return {unit: agreement for unit, agreement in found.items() if agreement is not None}


def list_partners(*, department: Organization, day: date) -> QuerySet[Organization]:
    """Return the active institutions that have signed an agreement in force on a day."""
    signed = Agreement.objects.live_on(day).filter(department=department)
    return Organization.objects.filter(
        pk__in=signed.values("institution"), kind__in=OFFERING_KINDS, is_active=True
    )


def contact_on(contact: Contact, day: date) -> Contact:
    """Return who is to be called on a day: the contact, or whoever covers for them.

    Where everybody is away or nobody covers, the contact stands.
    """
    called, passed = contact, {contact.pk}
    while not called.is_active or called.is_absent(day):
        cover = called.covered_by
        if cover is None or cover.pk in passed or len(passed) > LONGEST_COVER:
            return contact
        passed.add(cover.pk)
        called = cover
    return called


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the other side is told to call: a unit, and a person only with their own consent."""

    organization: str
    unit: str
    name: str | None
    post: str | None
    phone: str | None
    email: str | None


def addressee(*, contact: Contact, unit: str, day: date, to_own_side: bool = False) -> Addressee:
    """Return what the other side may be told of a contact on a day.

    A person whose consent is missing or withdrawn is not named: the responsible unit is. One's
    own side knows its people.
    """
    called = contact_on(contact, day)
    named = called if called.is_nameable or to_own_side else None
    return Addressee(
        organization=called.organization.name,
        unit=unit,
        name=named.name if named else None,
        post=(named.post or None) if named else None,
        phone=named.phone if named else None,
        email=(named.email or None) if named else None,
    )


def department_of(region: Region | str | None) -> Organization | None:
    """Return the department that answers for a region: its own, else the nearest above it."""
    if region is None:
        return None
    code = region if isinstance(region, str) else region.pk
    narrowest_first = containing_divisions(code)
    found = {
        department.region_id: department
        for department in Organization.objects.filter(
            kind=OrganizationKind.DEPARTMENT, is_active=True, region_id__in=narrowest_first
        ).order_by("-pk")
    }
    return next((found[division] for division in narrowest_first if division in found), None)


def list_units_serving(*, institution: Organization, region: str) -> list[Organization]:
    """Return the active units at or below an institution that serve a region, the best first.

    A unit that serves the region itself comes before one that serves all around it, and of two
    the lower one. Nobody who serves it: an empty list, the upper unit keeps the work.
    """
    narrowest_first = list(containing_divisions(region))
    rows = (
        ServiceRegion.objects.filter(
            at_or_below(institution, path="organization"),
            region_id__in=narrowest_first,
            organization__is_active=True,
        )
        .select_related("organization")
        .order_by("organization_id")
    )
    lines = list_lines({row.organization_id for row in rows})
    ranked = sorted(
        rows,
        key=lambda row: (
            narrowest_first.index(row.region_id),
            -len(lines[row.organization_id]),
            row.organization_id,
        ),
    )
    return list({row.organization_id: row.organization for row in ranked}.values())


def list_possible_partners() -> QuerySet[Organization]:
    """Return the institutions that an agreement may be registered with, by name."""
    rows = Organization.objects.filter(kind__in=sorted(OFFERING_KINDS), is_active=True)
    return rows.order_by("name", "code")


def list_own_contacts(actor: Actor) -> QuerySet[Contact]:
    """Return the contacts in office of the actor's own organization."""
    visible = Contact.objects.visible_to(actor).select_related("organization")
    return visible.filter(organization=actor.organization, is_active=True)


def list_contacts_to_choose(actor: Actor, agreement: Agreement | None) -> QuerySet[Contact]:
    """Return whom a department may choose for an institution: those who agree to be named.

    Whoever an agreement names already stays a choice, whether or not they agree (any more).
    """
    usable = Contact.objects.visible_to(actor).exclude(organization=actor.organization).usable()
    if agreement is not None:
        named = {agreement.institution_contact_id, agreement.second_contact_id} - {None}
        of_it = Q(organization=agreement.institution) | Q(
            organization__parent=agreement.institution
        )
        usable = Contact.objects.filter(
            Q(pk__in=named) | Q(pk__in=usable.filter(of_it).values("pk"))
        )
    return usable.select_related("organization")


def name_to_choose(contact: Contact, actor: Actor) -> str:
    """Name a contact among choices; the other side's only if they agree to be named."""
    of = contact.organization
    if of != actor.organization and not contact.is_nameable:
        return f"已登记的联系人（未公开），{of.name}"
    post = f"（{contact.post}）" if contact.post else ""
    return f"{contact.name}{post}，{of.name}"
