"""The border to the matching library: records in, results out.

No other module of the backend calls the library, so its interface can change in one place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from backend.catalogue.selectors import PublishedProduct
from backend.common.errors import FieldProblem, InvalidInput
from backend.firms.selectors import FirmSnapshot
from backend.needs.selectors import NeedSnapshot
from matching import inquiries, referral_lists
from matching.errors import InputError
from matching.pipeline import Matcher
from matching.results import Calendar, Coverage, Gap, Relaxation, Shift, VerdictChange, WhatIf
from matching.schema import (
    Change,
    Component,
    Criterion,
    Exchange,
    Firm,
    Institution,
    Match,
    NearMiss,
    Need,
    NeedResult,
    Product,
    Qualification,
    Question,
    Referral,
    Term,
    Unplaced,
)

__all__ = [
    "Calendar",
    "Change",
    "Component",
    "Coverage",
    "Criterion",
    "Gap",
    "LeftOut",
    "ListChoice",
    "Match",
    "Matcher",
    "NearMiss",
    "NeedResult",
    "PackedList",
    "Placement",
    "Question",
    "Relaxation",
    "Shift",
    "Taker",
    "VerdictChange",
    "WhatIf",
    "allocate",
    "build_matcher",
    "cover",
    "explain",
    "explore",
    "find_calendar",
    "find_gained",
    "find_place",
    "shortlist",
]

_FIRM_FIELDS = tuple(field.name for field in fields(Firm))
_NEED_FIELDS = tuple(field.name for field in fields(Need))
# What a catalogue holds is published; the flag belongs to exchange files.
_PRODUCT_FIELDS = tuple(field.name for field in fields(Product) if field.name != "published")


@dataclass(frozen=True, slots=True)
class PackedList:
    """The best products of a need by code, with the counts of all that it matches."""

    codes: tuple[str, ...]
    scores: tuple[float, ...]
    eligible_count: int
    to_confirm_count: int


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
    """

    need: str
    institution: str
    product: str
    is_eligible: bool
    score: float
    position: int


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


def build_matcher(products: Iterable[PublishedProduct]) -> Matcher:
    """Encode a catalogue once; the matcher is then read by any number of threads."""
    return Matcher([_product(product) for product in products])


def explain(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    top: int | None = None,
    near_misses: bool = False,
    questions: bool = False,
) -> NeedResult:
    """Rank the catalogue for one need, with the reasons of every place."""
    return matcher.match(
        _need(need),
        _firm(firm),
        as_of=as_of,
        top=top,
        near_misses=near_misses,
        questions=questions,
    )


def shortlist(
    matcher: Matcher, need: NeedSnapshot, firm: FirmSnapshot, *, as_of: date, top: int
) -> PackedList:
    """Rank the catalogue for one need without reasons, for large runs."""
    found = matcher.shortlist(_need(need), _firm(firm), as_of=as_of)
    eligible_count = sum(verdict == "eligible" for verdict in found.verdicts)
    return PackedList(
        codes=tuple(found.products[:top]),
        scores=tuple(float(score) for score in found.scores[:top]),
        eligible_count=eligible_count,
        to_confirm_count=len(found.products) - eligible_count,
    )


def explore(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    field: str,
    values: Sequence[object],
) -> WhatIf:
    """Say what other values of one field would bring; raise InvalidInput for impossible ones."""
    try:
        return inquiries.what_if(
            matcher, _need(need), _firm(firm), as_of=as_of, field=field, values=values
        )
    except InputError as error:
        raise _as_invalid_input(error) from error


def find_calendar(
    matcher: Matcher, need: NeedSnapshot, firm: FirmSnapshot, *, as_of: date, until: date
) -> Calendar:
    """Return the days on which a need's matches change; raise InvalidInput for a bad horizon."""
    try:
        return inquiries.calendar(matcher, _need(need), _firm(firm), as_of=as_of, until=until)
    except InputError as error:
        raise _as_invalid_input(error) from error


def cover(
    matcher: Matcher,
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    *,
    as_of: date,
    top: int,
) -> Coverage:
    """Count the needs that nothing serves, and rank what would serve most of them."""
    records = ((_need(need), _firm(firm)) for need, firm in pairs)
    return inquiries.coverage(matcher, records, as_of=as_of, top=top)


def find_place(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    product: PublishedProduct,
) -> Placement | None:
    """Say where one product stands among the matches of a need; None when it is none."""
    found = matcher.shortlist(_need(need), _firm(firm), as_of=as_of)
    if product.code not in found.products:
        return None
    at = found.products.index(product.code)
    return Placement(
        need=need.code,
        institution=product.institution,
        product=product.code,
        is_eligible=found.verdicts[at] == "eligible",
        score=float(found.scores[at]),
        position=at + 1,
    )


def find_gained(
    before: PublishedProduct | None,
    after: PublishedProduct,
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    *,
    as_of: date,
) -> tuple[str, ...]:
    """Return the codes of the needs that a product matches and did not match before."""
    from matching.bulk import hold_facts, hold_needs  # noqa: PLC0415 - loads the compiled engine

    held = hold_needs([(_need(need), _firm(firm)) for need, firm in pairs], as_of=as_of)
    found = inquiries.product_what_if(
        None if before is None else _product(before), _product(after), hold_facts(held)
    )
    return tuple(found.together.gained.needs)


def allocate(
    products: Iterable[PublishedProduct],
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    takers: Collection[Taker],
    *,
    as_of: date,
    per_need: int,
    excluded: Iterable[tuple[str, str]] = (),
    only_product: str | None = None,
) -> ListChoice:
    """Choose which needs go to which of the takers, under their capacities.

    ``products`` is the whole catalogue, since positions count among all matches; those of
    others than the takers place nothing. ``only_product`` leaves one product to be meant.
    ``excluded`` are pairs of a need's and an institution's code.
    """
    answer, places = referral_lists.allocate_among(
        _exchange(products, pairs, takers, as_of),
        as_of=as_of,
        per_need=per_need,
        excluded=excluded,
        only_products=None if only_product is None else {only_product},
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
        needs.append(_need(need))
        firms[firm.uscc] = _firm(firm)
    return Exchange(
        as_of=as_of,
        institutions=tuple(Institution(**asdict(taker)) for taker in takers),
        products=tuple(_product(product) for product in products),
        firms=tuple(firms.values()),
        needs=tuple(needs),
    )


def _as_invalid_input(error: InputError) -> InvalidInput:
    """Name each wrong value with what is expected; ``row`` tells several values apart."""
    problems = tuple(
        FieldProblem(
            field=fault.field or fault.where,
            code=fault.code,
            message=f"“{fault.value or ''}”不可用；应为{fault.expected}。"
            if fault.value is not None
            else f"{fault.expected}。",
        )
        for fault in error.faults
    )
    return InvalidInput("invalid_input", problems[0].message, problems=problems)


def _firm(snapshot: FirmSnapshot) -> Firm:
    values = {name: getattr(snapshot, name) for name in _FIRM_FIELDS}
    if snapshot.qualifications is not None:
        values["qualifications"] = tuple(
            Qualification(code=held.code, valid_from=held.valid_from, valid_until=held.valid_until)
            for held in snapshot.qualifications
        )
    return Firm(**values)


def _need(snapshot: NeedSnapshot) -> Need:
    return Need(**{name: getattr(snapshot, name) for name in _NEED_FIELDS})


def _product(product: PublishedProduct) -> Product:
    values = {name: getattr(product, name) for name in _PRODUCT_FIELDS}
    values["terms"] = tuple(
        Term(field=term.field, op=term.op, value=term.value) for term in product.terms
    )
    return Product(**values)
