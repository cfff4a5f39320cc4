"""Which open needs a product suits: the lender's side of the same pairs."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from backend.catalogue.models import Product
from backend.catalogue.selectors import PublishedProduct
from backend.common.errors import StateConflict
from backend.matches import adapters, payloads, policies
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.held_needs import HeldNeeds, held_needs
from backend.matches.wording import Names
from backend.needs.models import Need
from backend.needs.selectors import NeedRecord, list_need_records
from backend.organizations.actors import Actor


def rank_needs_of_product(
    *, actor: Actor, product: Product, as_of: date, top: int
) -> dict[str, Any]:
    """Rank the open needs that a department sees for one product that is in force."""
    policies.require_can_see_needs_of_products(actor)
    catalogue = catalogues.current()
    offered = offered_product(product, catalogue)
    held = held_needs.on(as_of)
    places = adapters.list_needs(offered, facts_seen_by(actor, held), catalogue.learned)
    # The score of a pair depends on no other product, so a catalogue of one says the same.
    matcher = adapters.build_matcher([offered], catalogue.learned)
    described = (
        _describe(matcher, record, as_of, catalogue.names)
        for record in read_needs((place.code for place in places[:top]), held, as_of)
    )
    return {
        **payloads.product_payload(product.code, catalogue),
        "as_of": as_of,
        **payloads.common_payload(catalogue),
        "needs_found": len(places),
        "matches": [
            {"rank": rank, **found} for rank, found in enumerate(filter(None, described), start=1)
        ],
    }


def offered_product(product: Product, catalogue: LoadedCatalogue) -> PublishedProduct:
    """Return the version that is in force; raise StateConflict where none is."""
    offered = catalogue.products.get(product.code)
    if offered is None:
        raise StateConflict("product_not_in_force", f"产品“{product.code}”未在办理中，不参与匹配。")
    return offered


def facts_seen_by(actor: Actor, held: HeldNeeds) -> adapters.NeedFacts:
    """Leave the held needs that the actor may know of; one query."""
    visible = Need.objects.visible_to(actor).open()
    return held.facts_of(visible.values_list("pk", flat=True))


def read_needs(codes: Iterable[str], held: HeldNeeds, as_of: date) -> list[NeedRecord]:
    """Read held needs with their firms, in the order of their codes given; one query."""
    pks = {code: pk for pk, code in held.codes.items()}
    wanted = list(codes)
    records = {
        record.need.code: record
        for record in list_need_records([pks[code] for code in wanted], as_of)
    }
    return [records[code] for code in wanted if code in records]


def _describe(
    matcher: adapters.Matcher, record: NeedRecord, as_of: date, names: Names
) -> dict[str, Any] | None:
    """Describe a pair; None for a need that changed since it was listed and fits no longer."""
    matches = adapters.explain(matcher, record.need, record.firm, as_of=as_of).matches
    if not matches:
        return None
    (match,) = matches
    return {
        **payloads.listed_need_payload(record),
        **payloads.verdict_payload(match.verdict),
        **payloads.reasons_payload(match, names, with_scores=True),
    }
