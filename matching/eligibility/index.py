"""An exact index over the products of a catalogue, one bitmap per distinct fact.

A need becomes a row of *entries*, one per group of the index. An entry names the bitmap of the
products that the fact does not rule out and that of the products for which it stays open;
the conjunction of the first is the set of matches, and those of them for which nothing is open
and nothing undisclosed are eligible. Numbers that lie between the same two limits of the
catalogue share a bitmap, codes of regions and industries are expanded once. The bitmaps come
from the comparisons of the plain engine, so both give the same outcomes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from math import isnan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.bitmaps import NO_ENTRY, RowTable, pack
from matching.eligibility.catalogue import INTERVAL_FIELDS, LIST_FIELDS, Catalogue
from matching.eligibility.columns import (
    ClassColumn,
    IntervalColumn,
    NeedColumns,
    NumberColumn,
    is_exact,
)
from matching.eligibility.conditions import Column
from matching.eligibility.engine import NumpyEngine
from matching.eligibility.outcomes import (
    MET,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    UNMET,
    Codes,
    Flags,
)
from matching.eligibility.terms import holds

Entries = NDArray[np.int32]

# Groups whose facts are held as classes: group -> (column of the needs, criterion).
_CLASS_GROUPS: Final = {
    "financing_type": "financing_type",
    "stage": "stage",
    "region": "region",
    "industry": "industry",
    "industry_excluded": "industry",
    "tech_field": "tech_field",
    "purpose": "purpose",
    "qualifications_all": "qualifications",
    "qualifications_any": "qualifications",
    "collateral": "collateral",
}
# An interval has a group for each end; where it is unknown, the first says so.
_INTERVAL_GROUPS: Final = {name: (f"{name}:low", f"{name}:high") for name in INTERVAL_FIELDS}
# Ordered by how many products a need's fact rules out, so that most are gone early.
GROUPS: Final = (
    "candidates",
    "financing_type",
    "stage",
    "region",
    "amount:low",
    "amount:high",
    "term:low",
    "term:high",
    "rate",
    "purpose",
    "industry",
    "qualifications_any",
    "qualifications_all",
    "firm_age:low",
    "firm_age:high",
    "tech_field",
    "collateral",
    "industry_excluded",
)
# Criteria whose met conditions the score counts; what vanishes when an undisclosed type turns
# out to be no loan counts for nothing (see the component ``requirements``).
_VANISHING: Final = frozenset({"term", "collateral"})


class ProductIndex:
    """Bitmaps over the products of one catalogue, made when a need first asks for them.

    Bitmaps are only ever added, so an index may be shared between threads.

    Attributes
    ----------
    groups : tuple of str
        The columns of the entries; fields of the firm come last.
    rows : RowTable
        The bitmaps that entries refer to.
    disclosed : uint64 array
        Bitmap of the products that keep no condition to themselves.
    stated : int32 array, shape (products,)
        Conditions per product that the score counts when they are met.
    counted : int32 array, shape (groups, products)
        How many of them wait for the fact of a group.
    """

    def __init__(self, catalogue: Catalogue, engine: NumpyEngine) -> None:
        self.catalogue = catalogue
        self._engine = engine
        self.groups = (*GROUPS, *catalogue.terms.fields)
        self.rows = RowTable(len(catalogue))
        self.disclosed = pack(~_undisclosed(catalogue))
        self.counted = self._count_conditions()
        self.stated = self.counted.sum(axis=0, dtype=np.int32)
        self._entries: dict[tuple[str, Hashable], int] = {}
        self._growing = threading.Lock()

    def encode(self, needs: NeedColumns) -> Entries:
        """Return the entries of needs, shape (needs, groups)."""
        with self._growing:
            entries = np.zeros((len(needs), len(self.groups)), dtype=np.int32)
            for number, group in enumerate(GROUPS):
                if group in _CLASS_GROUPS:
                    column = needs.classes[_CLASS_GROUPS[group]]
                    entries[:, number] = self._by_class(group, column)
            self._put(entries, "candidates", self._candidates(needs))
            for name in INTERVAL_FIELDS:
                low, high = self._by_interval(name, needs.intervals[name])
                self._put(entries, _INTERVAL_GROUPS[name][0], low)
                self._put(entries, _INTERVAL_GROUPS[name][1], high)
            self._put(entries, "rate", self._by_rate(needs.rate_cap))
            for field in self.catalogue.terms.fields:
                self._put(entries, field, self._by_field(field, needs.fields[field]))
            return entries

    def _put(self, entries: Entries, group: str, column: Entries) -> None:
        entries[:, self.groups.index(group)] = column

    def _entry(self, group: str, key: Hashable, build: Callable[[], tuple[Flags, Flags]]) -> int:
        """Return the entry of a fact, made when it is first seen."""
        known = self._entries.get((group, key))
        if known is None:
            known = self._entries[group, key] = self.rows.add(*build())
        return known

    def _by_class(self, group: str, column: ClassColumn) -> Entries:
        """Take the outcomes of each distinct fact from the plain engine."""
        entries = [
            self._entry(group, fact, lambda fact=fact: self._compare(group, fact))  # type: ignore[misc]
            for fact in column.distinct
        ]
        return np.array(entries, dtype=np.int32)[column.of_need]

    def _compare(self, criterion: str, fact: Any) -> tuple[Flags, Flags]:
        if criterion == "stage":
            fact = fact[:2]  # whether it is settled matters to the score alone
        outcome = self._engine.outcome(criterion, fact)
        return outcome != UNMET, outcome == UNKNOWN_FIRM

    def _candidates(self, needs: NeedColumns) -> Entries:
        nothing = np.zeros(len(self.catalogue), dtype=np.bool_)
        column = needs.classes["excluded"]
        entries = [
            self._entry(
                "candidates",
                (needs.as_of, excluded),
                lambda excluded=excluded: (  # type: ignore[misc]
                    self.catalogue.candidates(as_of=needs.as_of, excluded=excluded),
                    nothing,
                ),
            )
            for excluded in column.distinct
        ]
        return np.array(entries, dtype=np.int32)[column.of_need]

    def _by_interval(self, name: str, asked: IntervalColumn) -> tuple[Entries, Entries]:
        """Compare the lower end asked with upper limits, and the upper end with lower ones."""
        stated = self.catalogue.intervals[name].stated
        low, high = self.catalogue.limits[name]
        lows, highs = np.unique(low[stated]), np.unique(high[stated])
        nothing = np.zeros_like(stated)

        def reaches(place: int) -> tuple[Flags, Flags]:
            """Keep products whose upper limit is the one at the place or a higher one."""
            if place == len(highs):
                return ~stated, nothing
            return ~stated | (high >= highs[place]), nothing

        def starts(place: int) -> tuple[Flags, Flags]:
            """Keep products whose lower limit lies before the one at the place."""
            if place == len(lows):
                return np.ones_like(stated), nothing
            return ~stated | (low < lows[place]), nothing

        below, above = _INTERVAL_GROUPS[name]
        first = self._by_place(below, np.searchsorted(highs, asked.low, side="left"), reaches)
        second = self._by_place(above, np.searchsorted(lows, asked.high, side="right"), starts)
        unknown = self._entry(below, "unknown", lambda: (np.ones_like(stated), stated))
        first[~asked.known] = unknown
        second[~asked.known] = NO_ENTRY
        return first, second

    def _by_rate(self, cap: NumberColumn) -> Entries:
        """Rates not stated stay open for whoever sets a cap."""
        rates = self.catalogue.rate_min
        places, values = _places(np.unique(rates[~np.isnan(rates)]), cap, side="right")

        def compare(place: int) -> tuple[Flags, Flags]:
            outcome = self._engine.outcome("rate", values[place])
            is_open = (outcome == UNKNOWN_INSTITUTION) & ~self.catalogue.rate_undisclosed
            return outcome != UNMET, is_open

        entries = self._by_place("rate", places, compare)
        entries[~cap.known] = NO_ENTRY
        return entries

    def _by_field(self, field: str, column: NumberColumn | ClassColumn) -> Entries:
        """Compare a field of the firm with all stated terms on it."""
        terms = self.catalogue.terms
        own = [(number, term) for number, term in enumerate(terms.distinct) if term.field == field]
        on_field = terms.on_field(field)
        everyone = np.ones_like(on_field)

        def compare(value: Any) -> tuple[Flags, Flags]:
            if value is None:
                return everyone, on_field
            outcomes: Codes = np.zeros(len(terms.distinct), dtype=np.int8)
            for number, term in own:
                outcomes[number] = MET if holds(term, value) else UNMET
            return terms.worst(outcomes) != UNMET, ~everyone

        if isinstance(column, ClassColumn):
            entries = [
                self._entry(field, value, lambda value=value: compare(value))  # type: ignore[misc]
                for value in column.distinct
            ]
            return np.array(entries, dtype=np.int32)[column.of_need]
        limits = sorted({limit for _, term in own for limit in _numbers(term.value)})
        places, values = _places_beside(limits, column)
        found = self._by_place(field, places, lambda place: compare(values[place]))
        found[~column.known] = self._entry(field, "unknown", lambda: compare(None))
        return found

    def _by_place(
        self, group: str, places: NDArray[np.intp], build: Callable[[int], tuple[Flags, Flags]]
    ) -> Entries:
        """Give each need the entry of its place among the limits of the catalogue."""
        distinct, of_need = np.unique(places, return_inverse=True)
        entries = [
            self._entry(group, place, lambda place=place: build(place))  # type: ignore[misc]
            for place in distinct.tolist()
        ]
        return np.array(entries, dtype=np.int32)[of_need]

    def _count_conditions(self) -> NDArray[np.int32]:
        """Count, per group and product, the conditions that the score counts when met."""
        catalogue = self.catalogue
        counted = np.zeros((len(self.groups), len(catalogue)), dtype=np.int32)
        columns: dict[str, Column[Any]] = {**catalogue.lists, **catalogue.intervals}
        for criterion, column in columns.items():
            group = _INTERVAL_GROUPS.get(criterion, (criterion,))[0]
            stated = column.stated
            if criterion in _VANISHING:
                stated = stated & ~catalogue.type_undisclosed
            counted[self.groups.index(group)] = stated
        for field in catalogue.terms.fields:
            on_field = np.array([term.field == field for term in catalogue.terms.distinct])
            counted[self.groups.index(field)] = catalogue.terms.count(on_field)
        return counted


def _undisclosed(catalogue: Catalogue) -> Flags:
    """Mark the products that keep some condition to themselves."""
    hidden: Flags = (
        catalogue.type_undisclosed | catalogue.rate_undisclosed | catalogue.terms_undisclosed
    )
    for criterion in LIST_FIELDS:
        hidden = hidden | catalogue.lists[criterion].undisclosed
    for criterion in INTERVAL_FIELDS:
        hidden = hidden | catalogue.intervals[criterion].undisclosed
    return hidden


def _numbers(value: Any) -> list[Any]:
    """Return the numbers that a term compares with; what is no number has no place."""
    values = value if isinstance(value, tuple) else (value,)
    return [one for one in values if not isinstance(one, str) and not isnan(one)]


def _places(
    limits: NDArray[np.float64], numbers: NumberColumn, *, side: Any
) -> tuple[NDArray[np.intp], dict[int, Any]]:
    """Return each number's place among ascending limits, and a number of each place.

    What is no number compares with nothing, so it has the place -1.
    """
    within = limits.astype(object) if numbers.values.dtype == object else limits
    places = np.searchsorted(within, numbers.values, side=side)
    places[_is_nan(numbers.values)] = -1
    return places, _samples(places, numbers)


def _places_beside(
    limits: list[Any], numbers: NumberColumn
) -> tuple[NDArray[np.intp], dict[int, Any]]:
    """Return places as ``_places`` does, with places of their own for the limits themselves."""
    exact = numbers.values.dtype != object and is_exact(limits)
    within = np.array(limits, dtype=np.float64 if exact else object)
    values = numbers.values if exact else numbers.values.astype(object)
    left = np.searchsorted(within, values, side="left")
    right = np.searchsorted(within, values, side="right")
    places = left + right  # even between two limits, odd upon one
    places[_is_nan(numbers.values)] = -1
    return places, _samples(places, numbers)


def _is_nan(values: NDArray[Any]) -> Flags:
    nan: Flags = np.not_equal(values, values).astype(np.bool_)
    return nan


def _samples(places: NDArray[np.intp], numbers: NumberColumn) -> dict[int, Any]:
    distinct, first = np.unique(places, return_index=True)
    return dict(zip(distinct.tolist(), numbers.values[first].tolist(), strict=True))
