"""The border to the matching library for lists: where needs are placed."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date

from backend.catalogue.selectors import PublishedProduct
from backend.firms.selectors import FirmSnapshot
from backend.matches.adapters import (
    Exploration,
    Explored,
    LearnedSource,
    Matcher,
    as_firm,
    as_need,
    as_product,
)
from backend.needs.selectors import NeedSnapshot
from matching import inquiries, referral_lists
from matching.schema import Criterion, Exchange, Institution, Referral, StageAssessment, Unplaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """An institution that may be sent needs; ``capacity`` None is no limit."""

    code: str
    name: str
    kind: str
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Placement:
    """A need at an institution, with the product that is meant and where that was ranked.

    ``position`` counts from 1 among all products that match the need, whoever offers them.
    ``propensity`` is the chance with which the product was drawn to stand beside the ranking,
    None where it was not.
    """

    need: str
    institution: str
    product: str
    is_eligible: bool
    score: float
    position: int
    propensity: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A need without a placement; ``reason`` is one of the library's or ``no_agreement``."""

    need: str
    reason: str
    institutions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListChoice:
    """Which needs go where, by need and institution, and which go nowhere, by need."""

    placements: tuple[Placement, ...]
    left_out: tuple[LeftOut, ...]


def stage_of(firm: FirmSnapshot, *, as_of: date) -> StageAssessment:
    """Return a firm's stage on a day: as declared or recognized, or inferred by a named rule."""
    return inquiries.stage_of(as_firm(firm), as_of=as_of)


def find_unknown(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    products: Collection[str],
) -> dict[str, tuple[Criterion, ...]]:
    """Return per product, of those asked for, the criteria that are not decided for a need.

    Products that do not match, or are out of their period, are not among the answer.
    """
    found = matcher.criteria(as_need(need), as_firm(firm), as_of=as_of, products=products)
    return {
        code: tuple(one for one in criteria if one.outcome == "unknown")
        for code, criteria in found.items()
    }


def find_place(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    product: PublishedProduct,
    exploration: Exploration | None = None,
) -> Placement | None:
    """Say where one product stands among the matches of a need; None when it is none.

    ``exploration`` says what may stand beside the ranking, as those who choose by hand see it.
    """
    found = matcher.shortlist(as_need(need), as_firm(firm), as_of=as_of)
    if product.code not in found.products:
        return None
    at = found.products.index(product.code)
    drawn = list_explored(matcher, need, firm, as_of=as_of, exploration=exploration)
    return Placement(
        need=need.code,
        institution=product.institution,
        product=product.code,
        is_eligible=found.verdicts[at] == "eligible",
        score=float(found.scores[at]),
        position=at + 1,
        propensity=next(
            (one.propensity for one in drawn if one.match.product == product.code), None
        ),
    )


def list_explored(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    exploration: Exploration | None,
) -> tuple[Explored, ...]:
    """Return what stands beside the ranking of a need, explained; nothing where rules rank."""
    if exploration is None:
        return ()
    result = matcher.match(
        as_need(need),
        as_firm(firm),
        as_of=as_of,
        top=0,
        near_misses=False,
        questions=False,
        exploration=exploration,
    )
    return result.explored


def allocate(
    products: Iterable[PublishedProduct],
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    takers: Collection[Taker],
    *,
    as_of: date,
    per_need: int,
    excluded: Iterable[tuple[str, str]] = (),
    only_products: Collection[str] | None = None,
    learned: LearnedSource | None = None,
) -> ListChoice:
    """Choose which needs go to which of the takers, under their capacities.

    ``products`` is the whole catalogue, since positions count among all matches; those of
    others than the takers place nothing. ``only_products`` are those that may be meant, None
    is any. ``excluded`` are pairs of a need's and an institution's code.
    """
    answer, places = referral_lists.allocate_among(
        _exchange(products, pairs, takers, as_of),
        as_of=as_of,
        per_need=per_need,
        excluded=excluded,
        only_products=only_products,
        learned=learned,
    )
    return ListChoice(
        placements=tuple(_placement(one, places) for one in answer.referrals),
        left_out=tuple(_left_out(one, places) for one in answer.unplaced),
    )


def _placement(chosen: Referral, places: referral_lists.PairPlaces) -> Placement:
    position, score = places.of(chosen.need, chosen.product)
    return Placement(
        need=chosen.need,
        institution=chosen.institution,
        product=chosen.product,
        is_eligible=chosen.verdict == "eligible",
        score=score,
        position=position,
    )


def _left_out(unplaced: Unplaced, places: referral_lists.PairPlaces) -> LeftOut:
    """Tell a need that nothing suits from one that only institutions not asked would suit."""
    if unplaced.reason == "no_candidate" and (others := places.institutions(unplaced.need)):
        return LeftOut(unplaced.need, "no_agreement", others)
    return LeftOut(unplaced.need, unplaced.reason, unplaced.institutions)


def _exchange(
    products: Iterable[PublishedProduct],
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    takers: Iterable[Taker],
    as_of: date,
) -> Exchange:
    needs, firms = [], {}
    for need, firm in pairs:
        needs.append(as_need(need))
        firms[firm.uscc] = as_firm(firm)
    return Exchange(
        as_of=as_of,
        institutions=tuple(Institution(**asdict(taker)) for taker in takers),
        products=tuple(as_product(product) for product in products),
        firms=tuple(firms.values()),
        needs=tuple(needs),
    )
