"""What stands beside the ranking of a list's needs, for an officer to add by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.catalogue.selectors import PublishedProduct
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.frozen_inputs import FrozenNeed
from backend.matches.list_adapters import list_explored
from backend.needs.models import Need
from backend.referrals.enums import RowOrigin
from backend.referrals.models import ReferralList
from backend.referrals.services.drafting import Field, survey


@dataclass(frozen=True, slots=True)
class Slot:
    """A product of an institution with a short record, drawn for a need with some chance."""

    need: Need
    product: PublishedProduct
    propensity: float


def list_slots(referral_list: ReferralList, needs: Iterable[Need], *, day: date) -> list[Slot]:
    """Return, by need, what was drawn beside its ranking and may be put on the list.

    Nothing where rules rank. What was drawn and cannot be sent, or goes to that institution
    already, is left out and nothing drawn in its place: each chance stays what it was.
    A fixed number of queries.
    """
    catalogue = catalogues.current()
    if catalogue.exploration is None:
        return []
    field = survey(department=referral_list.department, catalogue=catalogue, needs=needs, day=day)
    listed = set(
        referral_list.rows.standing()
        .filter(need__in=field.needs.values())
        .values_list("need_id", "institution_id")
    )
    return [
        slot
        for one in field.inputs
        for slot in _drawn(catalogue, field.needs[one.need.code], one, day)
        if _may_be_added(field, slot, listed)
    ]


def _drawn(catalogue: LoadedCatalogue, need: Need, one: FrozenNeed, day: date) -> list[Slot]:
    found = list_explored(
        catalogue.matcher, one.need, one.firm, as_of=day, exploration=catalogue.exploration
    )
    return [Slot(need, catalogue.products[own.match.product], own.propensity) for own in found]


def _may_be_added(field: Field, slot: Slot, listed: set[tuple[int, int]]) -> bool:
    partner = field.partners.get(slot.product.institution)
    if partner is None or (slot.need.pk, partner.pk) in listed:
        return False
    return field.standing.obstacle(slot.need, partner.pk, origin=RowOrigin.OFFICER) is None
