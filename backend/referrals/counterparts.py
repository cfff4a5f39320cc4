"""Whom each side of a referral may call: people only by their own consent."""

from datetime import date
from typing import Any

from backend.organizations.actors import Actor
from backend.partners.models import Contact
from backend.partners.selectors import Addressee, addressee
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import Referral

# Where nothing goes on, nobody is to be called.
_OVER = frozenset(
    {
        ReferralStatus.DECLINED,
        ReferralStatus.RETURNED,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.EXPIRED,
    }
)


def contact_of_other_side(
    referral: Referral, *, actor: Actor, described: dict[str, Any] | None, day: date
) -> Addressee | None:
    """Return whom a reader of a referral may call on the other side; None for nobody.

    An institution is told the firm's contact as far as the disclosure of the need covers it
    (``described``). The firm and departments are told the contact of the unit in charge, else
    of the institution by its agreement; a person who has not agreed is not named, the
    responsible unit is. A referral that has ended without money names nobody.
    """
    if referral.status in _OVER:
        return None
    if actor.is_institution:
        return _firm_contact(described or {})
    called = None
    if referral.unit_id != referral.institution_id:
        called = (
            Contact.objects.usable()
            .filter(organization=referral.unit_id)
            .select_related("organization", "covered_by__organization")
            .order_by("pk")
            .first()
        )
    agreement = referral.agreement
    return addressee(
        contact=called or agreement.institution_contact,
        unit=referral.unit.name if called else agreement.institution_unit,
        day=day,
    )


def _firm_contact(described: dict[str, Any]) -> Addressee | None:
    if not described.get("contact_name"):
        return None
    return Addressee(
        organization=described.get("firm_name") or "",
        unit="",
        name=described["contact_name"],
        post=None,
        phone=described.get("contact_phone"),
        email=None,
    )
