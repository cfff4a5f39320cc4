"""The border to the matching library: records in, results out.

No other module of the backend calls the library, so its interface can change in one place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from backend.catalogue.selectors import PublishedProduct
from backend.firms.selectors import FirmSnapshot
from backend.needs.selectors import NeedSnapshot
from matching.pipeline import Matcher
from matching.schema import (
    Change,
    Component,
    Criterion,
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
    "Change",
    "Component",
    "Criterion",
    "Match",
    "Matcher",
    "NearMiss",
    "NeedResult",
    "PackedList",
    "Question",
    "build_matcher",
    "explain",
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
