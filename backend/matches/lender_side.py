"""Which open needs a product suits: the lender's side of the same pairs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from backend.catalogue.models import Product
from backend.catalogue.selectors import PublishedProduct
from backend.common.errors import StateConflict
from backend.matches import adapters, payloads, policies
from backend.matches.catalogue_memory import catalogues
from backend.matches.chunks import freeze
from backend.matches.frozen_inputs import FrozenNeed
from backend.matches.wording import Names
from backend.needs.models import Need
from backend.organizations.actors import Actor
from matching.vocabulary import DISCLAIMER, VERDICTS


def rank_needs_of_product(
    *, actor: Actor, product: Product, as_of: date, top: int
) -> dict[str, Any]:
    """Rank the open needs that a department sees for one product that is in force."""
    policies.require_can_see_needs_of_products(actor)
    catalogue = catalogues.current()
    offered = catalogue.products.get(product.code)
    if offered is None:
        raise StateConflict("product_not_in_force", f"产品“{product.code}”未在办理中，不参与匹配。")
    needs = that_may_suit(Need.objects.visible_to(actor).open(), offered)
    inputs = freeze(needs.values_list("pk", flat=True), as_of)
    # The score of a pair depends on no other product, so a catalogue of one says the same.
    matcher = adapters.build_matcher([offered])
    places = [place for entry in inputs if (place := _place(matcher, entry, as_of)) is not None]
    places.sort(key=lambda place: (place.is_to_confirm, -place.score, place.entry.need.code))
    return {
        **payloads.product_payload(product.code, catalogue),
        "as_of": as_of,
        "versions": catalogue.versions,
        "disclaimer": DISCLAIMER,
        "needs_found": len(places),
        "matches": [
            {"rank": rank, **_describe(matcher, place.entry, as_of, catalogue.names)}
            for rank, place in enumerate(places[:top], start=1)
        ],
    }


def that_may_suit(needs: QuerySet[Need], product: PublishedProduct) -> QuerySet[Need]:
    """Leave out needs that the rules would find unsuitable by type or amount, and no others."""
    if product.financing_type is not None:
        needs = needs.filter(
            Q(financing_types__isnull=True)
            | Q(financing_types=[])
            | Q(financing_types__contains=[product.financing_type])
        )
    # One amount given stands for both ends.
    if product.amount_max_yuan is not None:
        most = product.amount_max_yuan
        needs = needs.exclude(amount_min_yuan__gt=most).exclude(
            amount_min_yuan__isnull=True, amount_max_yuan__gt=most
        )
    if product.amount_min_yuan is not None:
        least = product.amount_min_yuan
        needs = needs.exclude(amount_max_yuan__lt=least).exclude(
            amount_max_yuan__isnull=True, amount_min_yuan__lt=least
        )
    return needs


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a need stands before it is described."""

    entry: FrozenNeed
    is_to_confirm: bool
    score: float


def _place(matcher: adapters.Matcher, entry: FrozenNeed, as_of: date) -> _Place | None:
    """Return how well the one product suits a need; None when it does not."""
    found = adapters.shortlist(matcher, entry.need, entry.firm, as_of=as_of, top=1)
    if not found.codes:
        return None
    return _Place(entry, is_to_confirm=found.eligible_count == 0, score=found.scores[0])


def _describe(
    matcher: adapters.Matcher, entry: FrozenNeed, as_of: date, names: Names
) -> dict[str, Any]:
    (match,) = adapters.explain(matcher, entry.need, entry.firm, as_of=as_of).matches
    return {
        "need": entry.need.code,
        "need_id": str(entry.public_id),
        "firm_name": entry.firm.name,
        "verdict": match.verdict,
        "verdict_label": VERDICTS[match.verdict],
        **payloads.reasons_payload(match, names, with_scores=True),
    }
