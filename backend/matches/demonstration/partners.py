"""Made-up agreements with their contacts, and the regions that a bank's branches serve."""

from datetime import timedelta

from backend.matches.demonstration.accounts import Account
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from backend.partners.models import Contact
from backend.partners.notice import NOTICE_VERSION
from backend.partners.services import (
    agree_to_be_named,
    create_contact,
    register_agreement,
    set_service_regions,
)

# Who has signed with the provincial department; the others get nothing until they do.
PARTNERS = (
    "demo-songliao-bank",
    "demo-changbai-bank",
    "demo-heitu-rcb",
    "demo-huitong-microloan",
    "demo-tianchi-guarantee",
    "demo-beiguo-leasing",
    "demo-jindalai-factoring",
    "demo-songhua-insurance",
    "demo-chenguang-angel",
    "demo-guanghe-vc",
)
_NOTICE_KEPT = "演示告知书"
_YEARS = 3


def load_agreements(
    institutions: dict[str, Organization], accounts: list[Account], *, manager: Actor
) -> list[Organization]:
    """Sign an agreement with each partner; return the partners.

    Contacts of institutions whose manager has an account have agreed to be named, so that both
    are seen: a person, and the responsible unit in place of one.
    """
    entered = create_contact(
        actor=None,
        organization=manager.organization,
        values=_person("演示厅联系人", "0431-89990000"),
    )
    own = _agreed(entered, by=manager)
    speakers = {
        account.actor.organization.code: account.actor
        for account in accounts
        if account.actor.role is Role.INSTITUTION
    }
    partners = [institutions[code] for code in PARTNERS]
    for number, partner in enumerate(partners, start=1):
        first, second = (
            create_contact(
                actor=None,
                organization=partner,
                values=_person(f"演示{which}{number}", f"0431-8999{number:02d}0{place}"),
            )
            for place, which in ((1, "联系人"), (2, "第二联系人"))
        )
        if partner.code in speakers:
            first, second = (_agreed(one, by=speakers[partner.code]) for one in (first, second))
        _sign(partner, number, manager=manager, own=own, first=first, second=second)
    return partners


def load_service_regions(institutions: dict[str, Organization], *, manager: Actor) -> None:
    """Let each branch of the manager's bank serve the city that it is in."""
    for branch in institutions.values():
        if branch.parent_id == manager.organization.pk:
            set_service_regions(
                actor=manager, unit=branch, regions=[branch.region_id], expected_revision=None
            )


def _sign(
    partner: Organization,
    number: int,
    *,
    manager: Actor,
    own: Contact,
    first: Contact,
    second: Contact,
) -> None:
    today = manager.today
    register_agreement(
        actor=manager,
        institution=partner,
        values={
            "document_number": f"演示协议〔{today.year}〕{number}号",
            "title": "演示·科技企业融资对接合作协议",
            "signed_on": today,
            "valid_from": today,
            "valid_until": today + timedelta(days=365 * _YEARS),
            "department_unit": "演示·科技金融处",
            "department_contact": own,
            "institution_unit": "演示·科技金融部",
            "institution_contact": first,
            "second_contact": second,
        },
    )


def _person(name: str, phone: str) -> dict[str, str]:
    return {"name": name, "post": "演示", "phone": phone}


def _agreed(contact: Contact, *, by: Actor) -> Contact:
    return agree_to_be_named(
        actor=by,
        contact=contact,
        notice_version=NOTICE_VERSION,
        evidence=_NOTICE_KEPT,
        now=contact.created_at,
    )
