"""Criteria as masks of bits, and the bits of what a pair can wait for.

A criterion that is a list of codes holds when the masks of need and product have a bit in
common. One bit more stands on every need and on every product that states nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray

from matching.vocabulary import COLLATERAL, PURPOSES, QUALIFICATIONS, STAGES, TECH_FIELDS

Column = NDArray[Any]

LIST_CRITERIA = {
    "tech_field": ("tech_fields", TECH_FIELDS),
    "purpose": ("purposes", PURPOSES),
    "qualifications_any": ("qualifications_any", QUALIFICATIONS),
    "collateral": ("collateral", COLLATERAL),
}
INTERVALS = ("amount", "term", "firm_age")
NUMERIC_TERMS = ("revenue_yuan", "debt_ratio", "invention_patents")
CODED_TERMS = {"taxpayer_rating": tuple("ABMCD")}
# Bits of what a pair can wait for. Those of the first row count as conditions of the score.
_COUNTED = (
    *(f"stage_other_than_{stage}" for stage in STAGES),
    "stage",
    "amount",
    "term",
    "region",
    "industry",
    "tech_field",
    "purpose",
    "qualifications_all",
    "qualifications_any",
    "firm_age",
    "collateral",
    *NUMERIC_TERMS,
    *CODED_TERMS,
)
_WAITS = (*_COUNTED, "rate", "undisclosed")
BIT = {name: 1 << number for number, name in enumerate(_WAITS)}
COUNTED_BITS = sum(BIT[name] for name in _COUNTED)
# Whether the stage of a pair is open shows in these.
STAGE_BITS = sum(BIT[name] for name in _COUNTED if name.startswith("stage"))

# What every engine compares, as columns of needs and of products; what is ruled out by the
# first criteria is most. Figures at most and at least the product's limit:
AT_MOST = (
    ("amount_low", "amount_max"),
    ("term_low", "term_max"),
    ("debt_ratio_most", "debt_ratio_max"),
    ("revenue_yuan_most", "revenue_yuan_max"),
    ("invention_patents_most", "invention_patents_max"),
    ("firm_age_low", "firm_age_max"),
)
AT_LEAST = (
    ("amount_high", "amount_min"),
    ("term_high", "term_min"),
    ("rate_cap", "rate"),
    ("firm_age_high", "firm_age_min"),
    ("revenue_yuan_least", "revenue_yuan_min"),
    ("invention_patents_least", "invention_patents_min"),
    ("debt_ratio_least", "debt_ratio_min"),
)
# Masks with a bit in common, under one name on both sides; types, stages and regions apart.
IN_COMMON = (
    "industry",
    "purpose",
    "qualifications_any",
    "tech_field",
    "collateral",
    "taxpayer_rating",
)


def mask(codes: Iterable[str | None], table: Iterable[str]) -> int:
    """Return one bit per code, at its place in the table."""
    numbers = {code: number for number, code in enumerate(table)}
    return sum(1 << numbers[code] for code in codes if code is not None)


def open_mask(table: Iterable[str]) -> int:
    """Return the mask that has a bit in common with any other: every code, and one bit more."""
    return (1 << len(tuple(table)) + 1) - 1


def any_bit(table: Iterable[str]) -> int:
    """Return the bit behind those of the codes."""
    return 1 << len(tuple(table))
