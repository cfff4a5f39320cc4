"""Needs and products as plain columns: what every engine of the comparison starts from.

Preparing them is outside the timing, for every engine alike. A criterion that is a list of
codes is a mask of bits on both sides, and holds when the masks have a bit in common; the bit
``ANY`` stands on every need and on every product that states nothing. What a need leaves open
and what a product waits for are masks over the criteria: a pair waits for the bits that both
have, and is eligible when there are none.

Of the score, every engine reads the same partial sums per profile of needs and product that
the compiled engine reads, and - unlike it - the likeness of each two texts ready computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.eligibility.columns import NeedColumns
from matching.eligibility.industries import relate_industry
from matching.eligibility.regions import relate_region
from matching.ranking.batch import EncodedNeeds
from matching.schema import Product
from matching.scoring.text import UNITS_OF_COSINE, ProductTexts
from matching.vocabulary import (
    COLLATERAL,
    FAMILY_OF_TYPE,
    FINANCING_TYPES,
    LENDING_FAMILIES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
)

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
_INTERVAL_FIELDS = {
    "amount": ("amount_min_yuan", "amount_max_yuan"),
    "term": ("term_min_months", "term_max_months"),
    "firm_age": ("firm_age_min_months", "firm_age_max_months"),
}

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


@dataclass(frozen=True, slots=True)
class Tables:
    """The columns of needs and products, and what the score of a pair is looked up in.

    Attributes
    ----------
    needs, products : dict of arrays
        One entry per need (in ascending order of code) and per product (likewise).
    early : float array, shape (profiles, products, stages)
        Sums of the first seven components, of a need's profile.
    region_levels, industry_levels : uint8 array, shape (codes, products)
    region_parts, industry_parts, requirement_parts : float array, shape (stages, levels)
    late_weights : float array, shape (stages, 3)
        Of amount, term and text.
    neutral : float
    likeness : float array, shape (distinct texts of needs, products)
    """

    needs: dict[str, Column]
    products: dict[str, Column]
    early: Column
    region_levels: Column
    industry_levels: Column
    region_parts: Column
    industry_parts: Column
    requirement_parts: Column
    late_weights: Column
    neutral: float
    likeness: Column

    @property
    def size(self) -> tuple[int, int]:
        """Return the numbers of needs and products."""
        return len(self.needs["waits"]), len(self.products["asks"])


def build_tables(
    products: Iterable[Product], columns: NeedColumns, encoded: EncodedNeeds
) -> Tables:
    """Lay the workload out; what it does not hold, such as terms with ``>``, is refused."""
    offers = sorted(products, key=lambda product: product.code)
    institutions = {code: n for n, code in enumerate(sorted({p.institution for p in offers}))}
    scores, own = encoded.products, encoded.own
    stages = scores.late_weights.shape[0]
    likeness, text = _likeness(offers, columns)
    return Tables(
        needs=_need_columns(columns, institutions)
        | {
            "profile": own.early // stages,
            "stage_index": own.stage.astype(np.int8),
            "region_row": own.region,
            "industry_row": own.industry,
            "asked_amount": own.asked_amount,
            "asked_term": own.asked_term,
            "text": text,
        },
        products=_product_columns(offers, columns, institutions)
        | {
            "stated": encoded_counts(offers),
            "amount_limit": scores.amount_limits,
            "term_limit": scores.term_limits,
            "lends": scores.lending == 0,
        },
        early=np.ascontiguousarray(
            scores.early.reshape(-1, stages, len(offers)).transpose(0, 2, 1)
        ),
        region_levels=scores.regions,
        industry_levels=scores.industries,
        region_parts=scores.region_parts,
        industry_parts=scores.industry_parts,
        requirement_parts=scores.requirement_parts,
        late_weights=scores.late_weights,
        neutral=scores.neutral,
        likeness=likeness,
    )


def encoded_counts(products: Sequence[Product]) -> Column:
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


# --- the needs' side ---


def _need_columns(columns: NeedColumns, institutions: dict[str, int]) -> dict[str, Column]:
    classes = columns.classes
    waits = np.full(len(columns), BIT["undisclosed"], dtype=np.int64)
    needs: dict[str, Column] = {}

    def per_class(name: str, value_of: Callable[[Any], int], dtype: Any) -> Column:
        column = classes[name]
        return np.array([value_of(fact) for fact in column.distinct], dtype=dtype)[column.of_need]

    any_type = (1 << len(FINANCING_TYPES)) - 1
    needs["types"] = per_class(
        "financing_type", lambda codes: _mask(codes, FINANCING_TYPES) or any_type, np.uint16
    )
    needs["stages"] = per_class("stage", _stages_accepted, np.uint8)
    waits |= per_class("stage", _stage_waits, np.int64)
    for name, (_, table) in LIST_CRITERIA.items():
        fact = "qualifications" if name == "qualifications_any" else name
        width = len(table)
        needs[name] = per_class(
            # A need that says nothing rules nothing out.
            fact,
            lambda codes, table=table, width=width: (
                (1 << width + 1) - 1 if codes is None else _mask(codes, table) | 1 << width
            ),
            np.uint32,
        )
        waits |= per_class(fact, lambda codes, name=name: BIT[name] * (codes is None), np.int64)
    needs["qualifications_missing"] = per_class(
        "qualifications",
        lambda codes: 0 if codes is None else _all(QUALIFICATIONS) & ~_mask(codes, QUALIFICATIONS),
        np.uint32,
    )
    waits |= per_class(
        "qualifications", lambda codes: BIT["qualifications_all"] * (codes is None), np.int64
    )
    for name in ("region", "industry"):
        assert len(classes[name].distinct) <= 64, "more codes than bits"
        bits = [1 << number for number in range(len(classes[name].distinct))]
        needs[name] = np.array(bits, dtype=np.uint64)[classes[name].of_need]
        waits |= per_class(name, lambda code, name=name: BIT[name] * (code is None), np.int64)
    for name in INTERVALS:
        asked = columns.intervals[name]
        needs[f"{name}_low"] = np.where(asked.known, asked.low, np.inf).astype(np.float64)
        needs[f"{name}_high"] = np.where(asked.known, asked.high, np.inf).astype(np.float64)
        needs[f"{name}_low"][~asked.known] = -np.inf
        waits[~asked.known] |= BIT[name]
    cap = columns.rate_cap
    needs["rate_cap"] = np.where(cap.known, cap.values, np.inf).astype(np.float64)
    waits[cap.known] |= BIT["rate"]
    _add_fields(needs, waits, columns)
    needs["excluded"] = per_class(
        "excluded", lambda codes: _only(codes, institutions), np.int32
    )
    needs["waits"] = waits
    return needs


def _add_fields(needs: dict[str, Column], waits: Column, columns: NeedColumns) -> None:
    """Add the firm's figures; one that is not known lies within every limit."""
    for field in NUMERIC_TERMS:
        figure: Any = columns.fields[field]
        needs[f"{field}_least"] = np.where(figure.known, figure.values, np.inf).astype(np.float64)
        needs[f"{field}_most"] = np.where(figure.known, figure.values, -np.inf).astype(np.float64)
        waits[~figure.known] |= BIT[field]
    for field, table in CODED_TERMS.items():
        column: Any = columns.fields[field]
        everything = (1 << len(table) + 1) - 1
        masks = [
            everything if code is None else _mask((code,), table) | 1 << len(table)
            for code in column.distinct
        ]
        needs[field] = np.array(masks, dtype=np.uint8)[column.of_need]
        is_null = np.array([code is None for code in column.distinct])[column.of_need]
        waits[is_null] |= BIT[field]


def _stages_accepted(fact: tuple[str | None, bool, bool]) -> int:
    """Only a declared stage rules out."""
    stage, declared, _ = fact
    return _mask((stage,), STAGES) | 1 << len(STAGES) if declared else (1 << len(STAGES) + 1) - 1


def _stage_waits(fact: tuple[str | None, bool, bool]) -> int:
    stage, declared, _ = fact
    if declared:
        return 0
    return BIT["stage"] if stage is None else BIT[f"stage_other_than_{stage}"]


def _only(codes: tuple[str, ...], numbers: dict[str, int]) -> int:
    assert len(codes) <= 1, "the columns hold one excluded institution"
    return numbers.get(codes[0], -1) if codes else -1


# --- the products' side ---


def _product_columns(
    products: Sequence[Product], columns: NeedColumns, institutions: dict[str, int]
) -> dict[str, Column]:
    assert all(p.published and p.financing_type for p in products), "open and of a known type"
    asks = np.zeros(len(products), dtype=np.int64)
    table: dict[str, Column] = {
        "type": _column(products, lambda p: _mask((p.financing_type,), FINANCING_TYPES), np.uint16),
        "stages": _column(products, lambda p: _stated(p.stages, STAGES), np.uint8),
        "qualifications_all": _column(
            products, lambda p: _mask(p.qualifications_all or (), QUALIFICATIONS), np.uint32
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
    return _mask(codes, table) if codes else (1 << len(table) + 1) - 1


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
    return sum(
        1 << number
        for number, code in enumerate(known)
        if code is not None and any(code.startswith(prefix) for prefix in excluded or ())
    )


# --- both ---


def _mask(codes: Iterable[str | None], table: Iterable[str]) -> int:
    numbers = {code: number for number, code in enumerate(table)}
    return sum(1 << numbers[code] for code in codes if code is not None)


def _all(table: Iterable[str]) -> int:
    return (1 << len(tuple(table))) - 1


def _likeness(products: Sequence[Product], columns: NeedColumns) -> tuple[Column, Column]:
    """Return the likeness of each distinct text of the needs to each product."""
    text, numbers = columns.text, {}
    of_need = np.empty(len(columns), dtype=np.int32)
    rows: list[tuple[bytes, bytes]] = []
    for need in range(len(columns)):
        part = slice(text.starts[need], text.starts[need + 1])
        vector = (text.columns[part].tobytes(), text.units[part].tobytes())
        if vector not in numbers:
            numbers[vector] = len(rows)
            rows.append(vector)
        of_need[need] = numbers[vector]
    matrix = ProductTexts(products).matrix
    own = [np.frombuffer(places, dtype=np.int32) for places, _ in rows]
    units = [np.frombuffer(values, dtype=np.int32) for _, values in rows]
    ends = np.concatenate(([0], np.cumsum([len(places) for places in own])))
    wanted = csr_array(
        (np.concatenate(units).astype(np.int64), np.concatenate(own), ends),
        shape=(len(rows), matrix.shape[1]),
    )
    return np.minimum((wanted @ matrix.T).toarray() * UNITS_OF_COSINE, 1.0), of_need
