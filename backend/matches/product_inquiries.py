"""What a changed product brings: before it is published, and after."""

from collections.abc import Container, Mapping
from datetime import date
from typing import Any

from backend.catalogue.models import Product
from backend.catalogue.selectors import as_published, get_published_version
from backend.catalogue.services import preview_change
from backend.common.errors import InvalidInput
from backend.matches import adapters, payloads, policies
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.fragments import encode
from backend.matches.held_needs import HeldNeeds, held_needs
from backend.matches.inquiries import DEFAULT_HORIZON, check_horizon
from backend.matches.inquiry_payloads import product_calendar_payload
from backend.matches.lender_side import facts_seen_by, offered_product, read_needs
from backend.matches.models import LONGEST_LIST
from backend.matches.offer_payloads import offer_payload, what_if_payload
from backend.matches.shared_answers import answer_over_needs
from backend.organizations.actors import Actor


def explore_product(
    *, actor: Actor, product: Product, values: Mapping[str, Any], as_of: date
) -> dict[str, Any]:
    """Say which open needs a product would gain and lose by a change, and change nothing.

    A department learns it of the needs of its region and below, by name. An institution learns
    counts over all open needs, in which nobody can be singled out. Raises InvalidInput,
    NotPermitted, StateConflict.
    """
    policies.require_can_explore_product(actor, product)
    preview = preview_change(actor=actor, product=product, values=values)
    catalogue, held = catalogues.current(), held_needs.on(as_of)
    facts = facts_seen_by(actor, held) if actor.is_department else held.facts
    found = adapters.explore_offer(preview.before, preview.after, facts)
    body = {
        **offer_payload(preview.after),
        "as_of": as_of,
        **payloads.common_payload(catalogue),
        **what_if_payload(found, catalogue.names, is_exact=actor.is_department),
    }
    if actor.is_department:
        places = adapters.list_needs(preview.after, facts, catalogue.learned)
        body["gained_needs"] = _described(places, found.together.gained.needs, held, as_of)
    return body


def list_needs_gained(
    *, actor: Actor, product: Product, since: int | None, as_of: date
) -> dict[str, Any]:
    """List the open needs that a product has gained since one of its versions, best first.

    Both versions are held against the needs as they are now, so that the list can be referred
    at once: it holds the needs of the department's region and below that the product in force
    suits and that version did not. ``since`` 0 stands for "before there was one", None for the
    version before the last publication or closing. A closed product has gained nothing. Raises
    InvalidInput for a version that was never in force.
    """
    policies.require_can_see_needs_of_products(actor)
    catalogue, held = catalogues.current(), held_needs.on(as_of)
    now = catalogue.products.get(product.code)
    if since is None:
        # A product that a department sees was published at least once.
        since = product.current_version.number if now is None else now.version_number - 1
    before = get_published_version(product, since)
    if before is None and since != 0:
        raise InvalidInput.of("since", "unknown_version", f"该产品没有发布过第 {since} 版。")
    facts = facts_seen_by(actor, held)
    places = () if now is None else adapters.list_needs(now, facts, catalogue.learned)
    earlier = () if before is None else adapters.list_needs(before, facts, catalogue.learned)
    gained = {place.code for place in places} - {place.code for place in earlier}
    lost = {place.code for place in earlier} - {place.code for place in places}
    return {
        **offer_payload(now or as_published(product.current_version)),
        "as_of": as_of,
        **payloads.common_payload(catalogue),
        "since": since,
        "version": None if now is None else now.version_number,
        "needs_gained": len(gained),
        "needs_lost": len(lost),
        "needs": _described(places, gained, held, as_of),
    }


def answer_product_calendar(*, actor: Actor, product: Product, until: date | None) -> bytes:
    """Answer in JSON on which days the needs of a product change with nothing but time passing.

    Over the open needs of the department's region and below; without ``until`` one year.
    Remembered. Raises InvalidInput for a horizon that ends before it begins or is too long,
    NotPermitted, StateConflict.
    """
    policies.require_can_see_needs_of_products(actor)
    as_of = actor.today
    end = as_of + DEFAULT_HORIZON if until is None else until
    check_horizon(end, as_of)

    def make(catalogue: LoadedCatalogue, need_pks: list[int]) -> bytes:
        offered = offered_product(product, catalogue)
        held = held_needs.on(as_of)
        possible = adapters.list_needs_in_time(offered, held.facts_of(need_pks))
        records = read_needs(possible, held, as_of)
        pairs = [(record.need, record.firm) for record in records]
        days = adapters.find_product_calendar(offered, pairs, as_of=as_of, until=end)
        return encode(
            {
                **offer_payload(offered),
                "as_of": as_of,
                **payloads.common_payload(catalogue),
                **product_calendar_payload(
                    days, {record.need.code: record for record in records}, until=end
                ),
            }
        )

    return answer_over_needs(actor=actor, question=("product calendar", product.pk, end), make=make)


def _described(
    places: tuple[adapters.PlacedNeed, ...],
    codes: Container[str],
    held: HeldNeeds,
    as_of: date,
) -> list[dict[str, Any]]:
    """Name the best of the listed needs that are among some codes, with verdict and score."""
    chosen = tuple(place for place in places if place.code in codes)[:LONGEST_LIST]
    by_code = {place.code: place for place in chosen}
    return [
        {
            "rank": rank,
            **payloads.listed_need_payload(record),
            **payloads.verdict_payload(by_code[record.need.code].verdict),
            "score": by_code[record.need.code].score,
        }
        for rank, record in enumerate(read_needs(by_code, held, as_of), start=1)
    ]
