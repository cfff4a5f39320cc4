"""The products' side of the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from matching.eligibility.columns import NeedColumns
from matching.eligibility.industries import relate_industry
from matching.eligibility.regions import relate_region
from matching.schema import Product
from matching.vocabulary import (
    FAMILY_OF_TYPE,
    FINANCING_TYPES,
    LENDING_FAMILIES,
    QUALIFICATIONS,
    STAGES,
)
from tests.benchmarks.encoding.masks import (
    BIT,
    CODED_TERMS,
    INTERVALS,
    LIST_CRITERIA,
    NUMERIC_TERMS,
    Column,
    mask,
    open_mask,
)

_INTERVAL_FIELDS = {
    "amount": ("amount_min_yuan", "amount_max_yuan"),
    "term": ("term_min_months", "term_max_months"),
    "firm_age": ("firm_age_min_months", "firm_age_max_months"),
}


def product_columns(
    products: Sequence[Product], columns: NeedColumns, institutions: dict[str, int]
) -> dict[str, Column]:
    assert all(p.published and p.financing_type for p in products), "open and of a known type"
    asks = np.zeros(len(products), dtype=np.int64)
    table: dict[str, Column] = {
        "type": _column(products, lambda p: mask((p.financing_type,), FINANCING_TYPES), np.uint16),
        "stages": _column(products, lambda p: _stated(p.stages, STAGES), np.uint8),
        "qualifications_all": _column(
            products, lambda p: mask(p.qualifications_all or (), QUALIFICATIONS), np.uint32
        ),
        "institution": _column(products, lambda p: institutions[p.institution], np.int32),
    }
    for name, (field, codes) in LIST_CRITERIA.items():
        table[name] = _column(
            products,
            lambda p, field=field, codes=codes: _stated(
                getattr(p, field) if _exists(p, field) else None, codes
            ),
            np.uint32,
        )
    for name, field, relate in (
        ("region", "regions", relate_region),
        ("industry", "industries", relate_industry),
    ):
        known = columns.classes[name].distinct
        table[name] = _column(
            products,
            lambda p, field=field, relate=relate, known=known: _reached(
                getattr(p, field), known, relate
            ),
            np.uint64,
        )
    table["industry"] &= ~_column(
        products,
        lambda p: _hit(p.industries_excluded, columns.classes["industry"].distinct),
        np.uint64,
    )
    for name in INTERVALS:
        ends = [_interval(p, name) or (None, None) for p in products]
        table[f"{name}_min"] = np.array([-np.inf if low is None else low for low, _ in ends])
        table[f"{name}_max"] = np.array([np.inf if high is None else high for _, high in ends])
    table["rate"] = np.array(
        [
            p.annual_rate_min if _lends(p) and p.annual_rate_min is not None else -np.inf
            for p in products
        ]
    )
    _add_terms(table, products)
    for number, product in enumerate(products):
        asks[number] = _asks(product)
    table["asks"] = asks
    return table


def _asks(product: Product) -> int:
    """Return what the product waits for where a need does not say it."""
    stated = [name for name, (field, _) in LIST_CRITERIA.items() if _has(product, field)]
    stated += [
        name
        for name, field in (
            ("region", "regions"),
            ("industry", "industries"),
            ("qualifications_all", "qualifications_all"),
        )
        if _has(product, field)
    ]
    stated += [name for name in INTERVALS if _interval(product, name) is not None]
    stated += {term.field for term in product.terms}
    if product.stages:
        stated += ["stage"]
        stated += [f"stage_other_than_{stage}" for stage in STAGES if stage not in product.stages]
    if _lends(product) and product.annual_rate_min is None and "rate" not in product.undisclosed:
        stated += ["rate"]
    if product.undisclosed:
        assert set(product.undisclosed) == {"rate"}, "the columns hold undisclosed rates alone"
        stated += ["undisclosed"]
    return sum(BIT[name] for name in stated)


def _add_terms(table: dict[str, Column], products: Sequence[Product]) -> None:
    """Add the limits of terms; ``>=`` and ``<=`` on numbers, ``in`` on codes."""
    by_key = [{(term.field, term.op): term.value for term in p.terms} for p in products]
    known = {(field, op) for field in NUMERIC_TERMS for op in (">=", "<=")}
    known |= {(field, "in") for field in CODED_TERMS}
    for product, terms in zip(products, by_key, strict=True):
        assert known.issuperset(terms), f"{product.code}: a term that the columns do not hold"
        assert len({field for field, _ in terms}) == len(set(product.terms))
    for field in NUMERIC_TERMS:
        table[f"{field}_min"] = np.array(
            [terms.get((field, ">="), -np.inf) for terms in by_key], dtype=np.float64
        )
        table[f"{field}_max"] = np.array(
            [terms.get((field, "<="), np.inf) for terms in by_key], dtype=np.float64
        )
    for field, codes in CODED_TERMS.items():
        table[field] = np.array(
            [_stated(terms.get((field, "in")), codes) for terms in by_key], dtype=np.uint8
        )


def _column(products: Sequence[Product], value_of: Callable[[Product], int], dtype: Any) -> Column:
    return np.array([value_of(product) for product in products], dtype=dtype)


def _interval(product: Product, name: str) -> tuple[int | None, int | None] | None:
    low, high = (getattr(product, field) for field in _INTERVAL_FIELDS[name])
    if (low is None and high is None) or (name == "term" and not _lends(product)):
        return None
    return low, high


def _lends(product: Product) -> bool:
    return FAMILY_OF_TYPE[product.financing_type or ""] in LENDING_FAMILIES


def _exists(product: Product, field: str) -> bool:
    return field != "collateral" or _lends(product)


def _has(product: Product, field: str) -> bool:
    return bool(getattr(product, field)) and _exists(product, field)


def _stated(codes: Iterable[str] | None, table: Iterable[str]) -> int:
    """Return a product's mask: its codes, or everything where it states none."""
    codes, table = tuple(codes or ()), tuple(table)
    return mask(codes, table) if codes else open_mask(table)


def _reached(
    stated: Sequence[str] | None, known: Sequence[str | None], relate: Callable[[str, str], int]
) -> int:
    """Return which of the firms' codes lie in one of the product's."""
    bits = 0
    for number, code in enumerate(known):
        relation = 1 if not stated or code is None else max(relate(s, code) for s in stated)
        assert relation != 0, "the columns hold no code coarser than a stated one"
        bits |= (relation > 0) << number
    return bits


def _hit(excluded: Sequence[str] | None, known: Sequence[str | None]) -> int:
    """Return which of the firms' codes lie in one of those that the product excludes."""
    bits = 0
    for number, code in enumerate(known):
        relation = max((relate_industry(s, code) for s in excluded or () if code), default=-1)
        assert relation != 0, "the columns hold no code coarser than an excluded one"
        bits |= (relation > 0) << number
    return bits


def counted_conditions(products: Sequence[Product]) -> Column:
    """Count the conditions of each product that the score credits when they are met."""
    fields = [field for field, _ in LIST_CRITERIA.values()]
    fields += ["stages", "regions", "industries", "industries_excluded", "qualifications_all"]
    return np.array(
        [
            sum(bool(getattr(p, field)) and _exists(p, field) for field in fields)
            + sum(_interval(p, name) is not None for name in INTERVALS)
            + len(set(p.terms))
            for p in products
        ],
        dtype=np.int32,
    )
