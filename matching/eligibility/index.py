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
from collections.abc import Callable, Hashable, Sequence
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
from matching.eligibility.many_facts import outcomes_of
from matching.eligibility.outcomes import (
    MET,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    UNMET,
    Codes,
    Flags,
    Rows,
)
from matching.eligibility.terms import holds

Entries = NDArray[np.int32]
# Makes, for some facts of a group, both bitmaps of their rows: shapes (facts, products).
Build = Callable[[Sequence[Any]], tuple[Flags, Flags]]

# Needs whose columns are turned into rows together, while they are near.
_ENCODED_AT_ONCE: Final = 1 << 15
# Facts whose rows are worked out together: enough to be quick, few enough to be small.
_BUILT_AT_ONCE: Final = 512

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
        entries = np.empty((len(needs), len(self.groups)), dtype=np.int32)
        with self._growing:
            for start in range(0, len(needs), _ENCODED_AT_ONCE):
                part = slice(start, start + _ENCODED_AT_ONCE)
                columns = [self._column(group, needs, part) for group in self.groups]
                entries[part] = np.array(columns).T
        return entries

    def _column(self, group: str, needs: NeedColumns, part: slice) -> Entries:
        """Return the entries of one group for some needs."""
        if group in _CLASS_GROUPS:
            column = needs.classes[_CLASS_GROUPS[group]]
            return self._by_class(group, column, part)
        if group == "candidates":
            return self._by_exclusion(needs, part)
        if group == "rate":
            return self._by_rate(needs.rate_cap.take(part))
        if ":" in group:
            name, end = group.split(":")
            return self._by_interval(name, end, needs.intervals[name].take(part))
        field = needs.fields[group]
        if isinstance(field, ClassColumn):
            return self._by_coded_field(group, field, part)
        return self._by_field(group, field.take(part))

    def _entries_of(self, group: str, facts: Sequence[Hashable], build: Build) -> Entries:
        """Return the entries of distinct facts; what is seen for the first time is built."""
        new = [fact for fact in facts if (group, fact) not in self._entries]
        for start in range(0, len(new), _BUILT_AT_ONCE):
            part = new[start : start + _BUILT_AT_ONCE]
            keys = ((group, fact) for fact in part)
            self._entries.update(zip(keys, self.rows.add(*build(part)).tolist(), strict=True))
        return np.array([self._entries[group, fact] for fact in facts], dtype=np.int32)

    def _by_class(self, group: str, column: ClassColumn, part: slice) -> Entries:
        """Take the outcomes of each distinct fact from the plain engine."""

        def build(facts: Sequence[Any]) -> tuple[Flags, Flags]:
            if group == "stage":
                # Whether a stage is settled matters to the score alone.
                facts = [(stage, is_declared) for stage, is_declared, _ in facts]
            outcomes = outcomes_of(self._engine, group, facts)
            return outcomes != UNMET, outcomes == UNKNOWN_FIRM

        return self._entries_of(group, column.distinct, build)[column.of_need[part]]

    def _by_exclusion(self, needs: NeedColumns, part: slice) -> Entries:
        column = needs.classes["excluded"]

        def build(facts: Sequence[Any]) -> tuple[Flags, Flags]:
            kept = np.array(
                [self.catalogue.candidates(as_of=day, excluded=codes) for day, codes in facts]
            )
            return kept, np.zeros_like(kept)

        facts = [(needs.as_of, excluded) for excluded in column.distinct]
        return self._entries_of("candidates", facts, build)[column.of_need[part]]

    def _by_interval(self, name: str, end: str, asked: IntervalColumn) -> Entries:
        """Hold the lower end asked against upper limits, or the upper end against lower ones."""
        group = f"{name}:{end}"
        stated = self.catalogue.intervals[name].stated
        low, high = self.catalogue.limits[name]
        limits = np.unique((high if end == "low" else low)[stated])

        def build(places: Sequence[Any]) -> tuple[Flags, Flags]:
            kept = np.empty((len(places), len(stated)), dtype=np.bool_)
            for number, place in enumerate(places):
                # From the place on, or before it; with every limit passed, nobody or everybody.
                if end == "low":
                    kept[number] = high >= limits[place] if place < len(limits) else False
                else:
                    kept[number] = low < limits[place] if place < len(limits) else True
            return kept | ~stated, np.zeros_like(kept)

        if end == "low":
            places = np.searchsorted(limits, asked.low, side="left")
        else:
            places = np.searchsorted(limits, asked.high, side="right")
        entries = self._by_place(group, places, build)
        unknown = NO_ENTRY if end == "high" else self._unknown_entry(group, stated)
        return np.where(asked.known, entries, unknown).astype(np.int32)

    def _unknown_entry(self, group: str, stated: Flags) -> int:
        """Return the entry of a fact that is missing: whoever states a condition stays open."""
        entries = self._entries_of(
            group, ["unknown"], lambda _: (np.ones((1, len(stated)), dtype=np.bool_), stated[None])
        )
        return int(entries[0])

    def _by_rate(self, cap: NumberColumn) -> Entries:
        """Rates not stated stay open for whoever sets a cap."""
        rates = self.catalogue.rate_min
        places, values = _places(np.unique(rates[~np.isnan(rates)]), cap)

        def build(places: Sequence[Any]) -> tuple[Flags, Flags]:
            outcomes = outcomes_of(self._engine, "rate", [values[place] for place in places])
            is_open = (outcomes == UNKNOWN_INSTITUTION) & ~self.catalogue.rate_undisclosed
            return outcomes != UNMET, is_open

        entries = self._by_place("rate", places, build)
        return np.where(cap.known, entries, NO_ENTRY).astype(np.int32)

    def _by_field(self, field: str, column: NumberColumn) -> Entries:
        """Hold a figure of the firm against all stated terms on it."""
        terms = self.catalogue.terms
        limits = {
            limit
            for term in terms.distinct
            if term.field == field
            for limit in _numbers(term.value)
        }
        places, values = _places_beside(sorted(limits), column)

        def build(places: Sequence[Any]) -> tuple[Flags, Flags]:
            return self._compare_field(field, [values[place] for place in places])

        entries = self._by_place(field, places, build)
        unknown = self._unknown_entry(field, terms.on_field(field))
        return np.where(column.known, entries, unknown).astype(np.int32)

    def _by_coded_field(self, field: str, column: ClassColumn, part: slice) -> Entries:
        """Hold a code of the firm against all stated terms on it."""
        entries = self._entries_of(
            field, column.distinct, lambda values: self._compare_field(field, values)
        )
        return entries[column.of_need[part]]

    def _compare_field(self, field: str, values: Sequence[Any]) -> tuple[Flags, Flags]:
        terms = self.catalogue.terms
        own = [(number, term) for number, term in enumerate(terms.distinct) if term.field == field]
        kept = np.ones((len(values), len(self.catalogue)), dtype=np.bool_)
        is_open = np.zeros_like(kept)
        for place, value in enumerate(values):
            if value is None:
                is_open[place] = terms.on_field(field)
                continue
            outcomes: Codes = np.zeros(len(terms.distinct), dtype=np.int8)
            for number, term in own:
                outcomes[number] = MET if holds(term, value) else UNMET
            kept[place] = terms.worst(outcomes) != UNMET
        return kept, is_open

    def _by_place(self, group: str, places: Rows, build: Build) -> Entries:
        """Give each need the entry of its place among the limits of the catalogue."""
        from_zero = places + 1
        is_used = np.zeros(from_zero.max(initial=0) + 1, dtype=np.bool_)
        is_used[from_zero] = True
        distinct = np.flatnonzero(is_used)
        of_place = np.zeros(len(is_used), dtype=np.int32)
        of_place[distinct] = self._entries_of(group, (distinct - 1).tolist(), build)
        entries: Entries = of_place[from_zero]
        return entries

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
    return [one for one in values if not isinstance(one, str) and not _is_float_nan(one)]


def _is_float_nan(number: Any) -> bool:
    return isinstance(number, float) and isnan(number)


def _places(limits: NDArray[np.float64], numbers: NumberColumn) -> tuple[Rows, dict[int, Any]]:
    """Return how many ascending limits each number reaches, and a number of each place.

    What is no number compares with nothing, so it has the place -1.
    """
    no_number = _is_nan(numbers.values)
    within = limits.astype(object) if numbers.values.dtype == object else limits
    places = np.searchsorted(within, np.where(no_number, 0, numbers.values), side="right")
    places[no_number] = -1
    return places, _samples(places, numbers)


def _places_beside(limits: list[Any], numbers: NumberColumn) -> tuple[Rows, dict[int, Any]]:
    """Return places as ``_places`` does, with places of their own for the limits themselves."""
    no_number = _is_nan(numbers.values)
    exact = numbers.values.dtype != object and is_exact(limits)
    within = np.array(limits, dtype=np.float64 if exact else object)
    # Among objects a single NaN would lead the search astray for the numbers behind it.
    values = np.where(no_number, 0, numbers.values if exact else numbers.values.astype(object))
    left = np.searchsorted(within, values, side="left")
    right = np.searchsorted(within, values, side="right")
    places = left + right  # even between two limits, odd upon one
    places[no_number] = -1
    return places, _samples(places, numbers)


def _is_nan(values: NDArray[Any]) -> Flags:
    nan: Flags = np.not_equal(values, values).astype(np.bool_)
    return nan


def _samples(places: Rows, numbers: NumberColumn) -> dict[int, Any]:
    """Return a number of each place that is used."""
    sample = np.zeros(places.max(initial=0) + 2, dtype=np.intp)
    sample[places + 1] = np.arange(len(places))
    distinct = np.flatnonzero(np.bincount(places + 1, minlength=1))
    return dict(
        zip((distinct - 1).tolist(), numbers.values[sample[distinct]].tolist(), strict=True)
    )
