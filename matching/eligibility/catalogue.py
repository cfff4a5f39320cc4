"""The products encoded once as NumPy columns, for comparison with any number of needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.conditions import CodeLists, Column, build_column
from matching.eligibility.outcomes import Flags, Rows
from matching.eligibility.term_sets import TermSets
from matching.schema import Product
from matching.vocabulary import FAMILY_OF_TYPE, LENDING_FAMILIES

Interval = tuple[int | None, int | None]
Integers = NDArray[np.int64]

# Open ends of intervals; every real value lies strictly between them.
LOWEST: Final = np.iinfo(np.int64).min
HIGHEST: Final = np.iinfo(np.int64).max

# Conditions that are lists of codes: criterion -> field of the product.
LIST_FIELDS: Final = {
    "stage": "stages",
    "region": "regions",
    "industry": "industries",
    "industry_excluded": "industries_excluded",
    "tech_field": "tech_fields",
    "purpose": "purposes",
    "qualifications_all": "qualifications_all",
    "qualifications_any": "qualifications_any",
    "collateral": "collateral",
}
# Conditions that are closed intervals: criterion -> fields of the product.
INTERVAL_FIELDS: Final = {
    "amount": ("amount_min_yuan", "amount_max_yuan"),
    "term": ("term_min_months", "term_max_months"),
    "firm_age": ("firm_age_min_months", "firm_age_max_months"),
}
# These exist only for debt and lease, and where the type is undisclosed.
LENDING_CRITERIA: Final = frozenset({"term", "rate", "collateral"})


class Catalogue:
    """Products as columns; row ``i`` of every column is ``products[i]``.

    Products are held in ascending order of code, so that the order of the input changes
    nothing and a row number doubles as the last key of every ranking.

    Parameters
    ----------
    products : iterable of Product
        Records with distinct codes.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self.products = tuple(sorted(products, key=lambda product: product.code))
        self.opens = _days([product.valid_from for product in self.products], missing=0)
        self.closes = _days(
            [product.valid_until for product in self.products], missing=date.max.toordinal() + 1
        )
        self.published = _flags(product.published for product in self.products)
        self._rows_of_institution: dict[str, list[int]] = {}
        for row, product in enumerate(self.products):
            self._rows_of_institution.setdefault(product.institution, []).append(row)
        self._encode_types()
        self.lists = {code: self._list_column(code) for code in LIST_FIELDS}
        self.codes = {code: CodeLists(column.distinct) for code, column in self.lists.items()}
        self.intervals = {code: self._interval_column(code) for code in INTERVAL_FIELDS}
        self.limits = {code: _limits(column) for code, column in self.intervals.items()}
        self._encode_rates()
        self.terms = TermSets([product.terms for product in self.products])
        self.terms_undisclosed = self._undisclosed("terms")

    def __len__(self) -> int:
        """Count the products."""
        return len(self.products)

    def candidates(self, *, as_of: date, excluded: tuple[str, ...] | None) -> Flags:
        """Mark the products that are open on a day and not of an excluded institution."""
        day = as_of.toordinal()
        marks: Flags = self.published & (self.opens <= day) & (day < self.closes)
        for institution in excluded or ():
            marks[self._rows_of_institution.get(institution, [])] = False
        return marks

    def rows_of(self, codes: Iterable[str]) -> Rows:
        """Return the row of each product code."""
        rows = {product.code: row for row, product in enumerate(self.products)}
        return np.array([rows[code] for code in codes], dtype=np.intp)

    def _encode_types(self) -> None:
        self.type_undisclosed = _flags(
            "financing_type" in product.undisclosed or product.financing_type is None
            for product in self.products
        )
        self.types = build_column(
            (product.financing_type for product in self.products), self.type_undisclosed
        )
        lends = [
            code is not None and FAMILY_OF_TYPE.get(code) in LENDING_FAMILIES
            for code in self.types.distinct
        ]
        # Whether a product is known to lend, and whether it may lend.
        self.lends = np.array(lends, dtype=np.bool_)[self.types.of_product]
        self.may_lend = self.lends | self.type_undisclosed

    def _encode_rates(self) -> None:
        hidden = self._undisclosed("rate")
        self.rate_undisclosed = hidden
        rates = [product.annual_rate_min for product in self.products]
        self.rate_min = np.array(
            [np.nan if rate is None or h else rate for rate, h in zip(rates, hidden, strict=True)]
        )
        self.rate_max = np.array(
            [
                np.nan if product.annual_rate_max is None else product.annual_rate_max
                for product in self.products
            ]
        )

    def _list_column(self, code: str) -> Column[tuple[str, ...]]:
        exists = self._exists(code)
        lists = (getattr(product, LIST_FIELDS[code]) or None for product in self.products)
        return build_column(
            (codes if here else None for codes, here in zip(lists, exists, strict=True)),
            self._undisclosed(code),
        )

    def _interval_column(self, code: str) -> Column[Interval]:
        low, high = INTERVAL_FIELDS[code]
        exists = self._exists(code)
        ends = ((getattr(product, low), getattr(product, high)) for product in self.products)
        return build_column(
            (
                pair if here and pair != (None, None) else None
                for pair, here in zip(ends, exists, strict=True)
            ),
            self._undisclosed(code),
        )

    def _exists(self, code: str) -> Flags:
        if code in LENDING_CRITERIA:
            return self.may_lend
        return np.ones(len(self), dtype=np.bool_)

    def _undisclosed(self, code: str) -> Flags:
        hidden = _flags(code in product.undisclosed for product in self.products)
        return hidden & self._exists(code)


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, dtype=np.bool_)


def _days(days: list[date | None], *, missing: int) -> Integers:
    return np.array([missing if day is None else day.toordinal() for day in days], dtype=np.int64)


def _limits(column: Column[Interval]) -> tuple[Integers, Integers]:
    """Return lower and upper limits per product; open ends beyond every value."""
    low = [LOWEST if pair is None or pair[0] is None else pair[0] for pair in column.distinct]
    high = [HIGHEST if pair is None or pair[1] is None else pair[1] for pair in column.distinct]
    return (
        np.array(low, dtype=np.int64)[column.of_product],
        np.array(high, dtype=np.int64)[column.of_product],
    )
