"""The border to the matching library: records in, results out.

No other module of the backend calls the library, so its interface can change in one place.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.selectors import PublishedProduct
from backend.common.errors import FieldProblem, InvalidInput
from backend.firms.selectors import FirmSnapshot
from backend.needs.selectors import NeedSnapshot
from matching import inquiries
from matching.bulk import (
    BulkMatcher,
    LearnedSource,
    NeedColumns,
    NeedFacts,
    PlacedNeed,
    compile_kernels,
    hold_facts,
    hold_needs,
    needs_in_time,
    needs_of_product,
    select_needs,
    update_needs,
)
from matching.errors import InputError
from matching.pipeline import Exploration, Matcher
from matching.results import (
    Calendar,
    Coverage,
    Gap,
    NeedGroup,
    OfferShift,
    ProductWhatIf,
    Relaxation,
    SharedDay,
    Shift,
    VerdictChange,
    WhatIf,
)
from matching.schema import (
    Change,
    Component,
    Criterion,
    Explored,
    Firm,
    Match,
    NearMiss,
    Need,
    NeedResult,
    Product,
    Qualification,
    Question,
    Term,
)

__all__ = [
    "BulkLists",
    "BulkMatcher",
    "Calendar",
    "Change",
    "Component",
    "Coverage",
    "Criterion",
    "Exploration",
    "Explored",
    "Gap",
    "LearnedSource",
    "Match",
    "Matcher",
    "NearMiss",
    "NeedColumns",
    "NeedFacts",
    "NeedGroup",
    "NeedResult",
    "OfferShift",
    "PackedList",
    "PlacedNeed",
    "ProductWhatIf",
    "Question",
    "Relaxation",
    "SharedDay",
    "Shift",
    "VerdictChange",
    "WhatIf",
    "as_firm",
    "as_need",
    "as_product",
    "build_bulk_matcher",
    "build_matcher",
    "compile_kernels",
    "cover",
    "explain",
    "explore",
    "explore_offer",
    "find_calendar",
    "find_product_calendar",
    "find_served",
    "find_shared_calendar",
    "hold",
    "hold_facts",
    "list_needs",
    "list_needs_in_time",
    "rank_all",
    "select_needs",
    "shortlist",
    "update_needs",
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


@dataclass(frozen=True, slots=True, eq=False)
class BulkLists:
    """The best products of many needs, in the order in which the needs were given.

    ``products`` (positions among the matcher's ``codes``) and ``scores`` have a row per need,
    of which the first ``lengths`` places are used.
    """

    products: NDArray[np.int32]
    scores: NDArray[np.float64]
    lengths: NDArray[np.int32]
    eligible_counts: NDArray[np.int32]
    to_confirm_counts: NDArray[np.int32]


def build_matcher(
    products: Iterable[PublishedProduct], learned: LearnedSource | None = None
) -> Matcher:
    """Encode a catalogue once; the matcher is then read by any number of threads."""
    return Matcher([as_product(product) for product in products], learned=learned)


def build_bulk_matcher(
    products: Iterable[PublishedProduct], *, as_of: date, learned: LearnedSource | None = None
) -> BulkMatcher:
    """Index a catalogue for a day; then read by any number of threads."""
    return BulkMatcher([as_product(product) for product in products], as_of=as_of, learned=learned)


def explain(
    matcher: Matcher,
    need: NeedSnapshot,
    firm: FirmSnapshot,
    *,
    as_of: date,
    top: int | None = None,
    near_misses: bool = False,
    questions: bool = False,
    exploration: Exploration | None = None,
) -> NeedResult:
    """Rank the catalogue for one need, with the reasons of every place.

    ``exploration`` draws some products beside the matches; it never changes them.
    """
    return matcher.match(
        as_need(need),
        as_firm(firm),
        as_of=as_of,
        top=top,
        near_misses=near_misses,
        questions=questions,
        exploration=exploration,
    )


def shortlist(
    matcher: Matcher, need: NeedSnapshot, firm: FirmSnapshot, *, as_of: date, top: int
) -> PackedList:
    """Rank the catalogue for one need without reasons, for large runs."""
    found = matcher.shortlist(as_need(need), as_firm(firm), as_of=as_of)
    eligible_count = sum(verdict == "eligible" for verdict in found.verdicts)
    return PackedList(
        codes=tuple(found.products[:top]),
        scores=tuple(float(score) for score in found.scores[:top]),
        eligible_count=eligible_count,
        to_confirm_count=len(found.products) - eligible_count,
    )


def hold(pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]], *, as_of: date) -> NeedColumns:
    """Encode needs with distinct codes as they are on a day, for any number of questions."""
    return hold_needs(((as_need(need), as_firm(firm)) for need, firm in pairs), as_of=as_of)


def rank_all(
    matcher: BulkMatcher, pairs: Sequence[tuple[NeedSnapshot, FirmSnapshot]], *, top: int
) -> BulkLists:
    """Rank the catalogue for needs with distinct codes at once: the lists of ``shortlist``.

    On one core: several processes share a run.
    """
    held = hold(pairs, as_of=matcher.as_of)
    found = matcher.rank(matcher.encode(held), top=top, threads=1).result
    rows = {code: row for row, code in enumerate(held.codes)}
    order = np.array([rows[need.code] for need, _ in pairs], dtype=np.intp)
    return BulkLists(
        products=found.by_need.products[order],
        scores=found.by_need.scores[order],
        lengths=found.by_need.lengths[order],
        eligible_counts=found.eligible[order],
        to_confirm_counts=found.to_confirm[order],
    )


def list_needs(
    product: PublishedProduct, needs: NeedFacts, learned: LearnedSource | None = None
) -> tuple[PlacedNeed, ...]:
    """List the held needs that a product suits, by verdict, score and need code."""
    return needs_of_product(as_product(product), needs, learned=learned)


def explore_offer(
    before: PublishedProduct | None, after: PublishedProduct, needs: NeedFacts
) -> ProductWhatIf:
    """Say which held needs a changed product would gain and lose; None is no product yet."""
    return inquiries.product_what_if(
        None if before is None else as_product(before), as_product(after), needs
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
            matcher, as_need(need), as_firm(firm), as_of=as_of, field=field, values=values
        )
    except InputError as error:
        raise _as_invalid_input(error) from error


def find_calendar(
    matcher: Matcher, need: NeedSnapshot, firm: FirmSnapshot, *, as_of: date, until: date
) -> Calendar:
    """Return the days on which a need's matches change; raise InvalidInput for a bad horizon."""
    try:
        return inquiries.calendar(matcher, as_need(need), as_firm(firm), as_of=as_of, until=until)
    except InputError as error:
        raise _as_invalid_input(error) from error


def find_served(matcher: BulkMatcher, needs: NeedColumns) -> set[str]:
    """Return the codes of held needs that at least one product suits."""
    found = matcher.rank(matcher.encode(needs), top=0, threads=1)
    is_served = (found.result.eligible + found.result.to_confirm) > 0
    return set(compress(found.needs, is_served.tolist()))


def find_product_calendar(
    product: PublishedProduct,
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    *,
    as_of: date,
    until: date,
) -> tuple[SharedDay, ...]:
    """Return the days on which a product's needs change; raise InvalidInput for a bad horizon."""
    return find_shared_calendar(build_matcher([product]), pairs, as_of=as_of, until=until)


def find_shared_calendar(
    matcher: Matcher,
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    *,
    as_of: date,
    until: date,
) -> tuple[SharedDay, ...]:
    """Return the days on which any of some needs change; raise InvalidInput for a bad horizon."""
    records = ((as_need(need), as_firm(firm)) for need, firm in pairs)
    try:
        inquiries.check_horizon(as_of, until)
        found = inquiries.calendars(matcher, records, as_of=as_of, until=until)
    except InputError as error:
        raise _as_invalid_input(error) from error
    return inquiries.merge_calendars(found)


def list_needs_in_time(product: PublishedProduct, needs: NeedFacts) -> tuple[str, ...]:
    """Return the codes of the held needs that a product may suit on some day."""
    return needs_in_time(as_product(product), needs)


def cover(
    matcher: Matcher,
    pairs: Iterable[tuple[NeedSnapshot, FirmSnapshot]],
    *,
    as_of: date,
    top: int,
    served: Container[str] = frozenset(),
) -> Coverage:
    """Count the needs that nothing serves, and rank what would serve most of them.

    Needs that are known to be served are spared the comparison with every product.
    """
    records = ((as_need(need), as_firm(firm)) for need, firm in pairs)
    return inquiries.coverage(matcher, records, as_of=as_of, top=top, served=served)


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


def as_firm(snapshot: FirmSnapshot) -> Firm:
    """Return a firm as the library takes it."""
    values = {name: getattr(snapshot, name) for name in _FIRM_FIELDS}
    if snapshot.qualifications is not None:
        values["qualifications"] = tuple(
            Qualification(code=held.code, valid_from=held.valid_from, valid_until=held.valid_until)
            for held in snapshot.qualifications
        )
    return Firm(**values)


def as_need(snapshot: NeedSnapshot) -> Need:
    """Return a need as the library takes it."""
    return Need(**{name: getattr(snapshot, name) for name in _NEED_FIELDS})


def as_product(product: PublishedProduct) -> Product:
    """Return a product as the library takes it."""
    values = {name: getattr(product, name) for name in _PRODUCT_FIELDS}
    values["terms"] = tuple(
        Term(field=term.field, op=term.op, value=term.value) for term in product.terms
    )
    return Product(**values)
