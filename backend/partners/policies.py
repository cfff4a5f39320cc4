"""Who may do what to contacts, agreements and service regions; each rule is one sentence."""

from collections.abc import Collection

from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS, Role
from backend.organizations.lines import line_of, list_lines
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.partners.models import Agreement, Contact


def keeps(actor: Actor, organization: Organization) -> bool:
    """A department keeps what is its own, an institution's unit also that of the units below."""
    if actor.is_institution:
        return actor.organization.pk in line_of(organization)
    return actor.organization.pk == organization.pk


def can_edit_contacts_of(actor: Actor, organization: Organization) -> bool:
    """Officers of a department and managers of an institution keep their own side's contacts."""
    return actor.has(Permission.CONTACT_EDIT) and keeps(actor, organization)


def can_agree(actor: Actor, contact: Contact) -> bool:
    """Whoever has an account agrees alone; for others their side keeps the signed notice."""
    if contact.user_id is not None:
        return contact.user_id == actor.user.pk
    return can_edit_contacts_of(actor, contact.organization)


def can_withdraw_agreement(actor: Actor, contact: Contact) -> bool:
    """The person takes it back, or their side does so for them."""
    return contact.user_id == actor.user.pk or can_edit_contacts_of(actor, contact.organization)


def list_consent_rights(actor: Actor, contacts: Collection[Contact]) -> tuple[set[int], set[int]]:
    """Return the keys of those for whom one may agree, and take back; as above, in one query."""
    own = {one.pk for one in contacts if one.user_id == actor.user.pk}
    lines = list_lines({one.organization_id for one in contacts}) if actor.is_institution else {}
    kept = {
        one.pk
        for one in contacts
        if actor.has(Permission.CONTACT_EDIT)
        and actor.organization.pk in lines.get(one.organization_id, (one.organization_id,))
    }
    return own | {one.pk for one in contacts if one.user_id is None and one.pk in kept}, own | kept


def can_see_details(actor: Actor, contact: Contact) -> bool:
    """Accounts, notices and evidence are for the person's own side."""
    return keeps(actor, contact.organization)


def can_register_agreement(actor: Actor) -> bool:
    """A department's manager registers the agreements of the own department."""
    return actor.is_department and actor.has(Permission.AGREEMENT_EDIT)


def can_edit_agreement(actor: Actor, agreement: Agreement) -> bool:
    """A department's manager changes and ends the agreements of the own department."""
    return can_register_agreement(actor) and agreement.department_id == actor.organization.pk


def can_set_service_regions(actor: Actor, unit: Organization) -> bool:
    """Managers of an institution's unit, or of one above, and administrators set its regions."""
    if not actor.has(Permission.ORGANIZATION_EDIT) or unit.kind not in OFFERING_KINDS:
        return False
    return actor.role is Role.ADMINISTRATOR or keeps(actor, unit)
