"""The further conditions (``terms``) of all products, each distinct one held once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import ABSENT, MET, UNKNOWN_FIRM, UNMET, Codes, Flags
from matching.eligibility.terms import COMPARISONS, reachable_values
from matching.schema import Firm, Number, Term


@dataclass(frozen=True, eq=False)
class TermGroup:
    """All terms of a product on one field; equal groups of a catalogue are one object."""

    terms: frozenset[Term]
    numbers: tuple[int, ...]
    field: str

    @cached_property
    def reachable(self) -> tuple[Number, ...]:
        """Return the values that meet the whole group (see ``reachable_values``)."""
        return reachable_values(self.terms)


class TermSets:
    """Terms of all products, laid end to end.

    Parameters
    ----------
    terms_of_product : sequence of tuple of Term
        Identical entries of one product count once.
    """

    def __init__(self, terms_of_product: Sequence[tuple[Term, ...]]) -> None:
        numbers: dict[Term, int] = {}
        groups: dict[frozenset[Term], TermGroup] = {}
        self.of_product: list[tuple[int, ...]] = []
        self.groups_of_product: list[tuple[TermGroup, ...]] = []
        for terms in terms_of_product:
            distinct = tuple(dict.fromkeys(terms))
            self.of_product.append(
                tuple(numbers.setdefault(term, len(numbers)) for term in distinct)
            )
            self.groups_of_product.append(_groups(distinct, numbers, groups))
        self.distinct = tuple(numbers)
        self.fields = tuple(sorted({term.field for term in self.distinct}))
        self._entries = [
            (number, COMPARISONS[term.op], term.field, term.value)
            for term, number in numbers.items()
        ]
        self._rows = np.flatnonzero([bool(own) for own in self.of_product])
        self._flat = np.array([n for own in self.of_product for n in own], dtype=np.intp)
        lengths = [len(self.of_product[row]) for row in self._rows]
        self._starts = np.concatenate(([0], np.cumsum(lengths)))[:-1].astype(np.intp)
        self._on_field = {field: self._mark_field(field) for field in self.fields}

    def outcomes(self, firm: Firm) -> Codes:
        """Compare the firm with every distinct term."""
        values = {field: getattr(firm, field) for field in self.fields}
        found = np.zeros(len(self.distinct), dtype=np.int8)
        for number, comparison, field, limit in self._entries:
            value = values[field]
            if value is None:
                found[number] = UNKNOWN_FIRM
            else:
                found[number] = MET if comparison(value, limit) else UNMET
        return found

    def worst(self, outcomes: Codes) -> Codes:
        """Return the largest outcome among the terms of each product."""
        worst = np.full(len(self.of_product), ABSENT, dtype=np.int8)
        if self._rows.size:
            worst[self._rows] = np.maximum.reduceat(outcomes[self._flat], self._starts)
        return worst

    def count(self, marks: Flags) -> NDArray[np.int64]:
        """Count the marked terms of each product."""
        counts = np.zeros(len(self.of_product), dtype=np.int64)
        if self._rows.size:
            marked = marks[self._flat].astype(np.int64)
            counts[self._rows] = np.add.reduceat(marked, self._starts)
        return counts

    def on_field(self, field: str) -> Flags:
        """Mark the products that have a term on the field."""
        return self._on_field[field]

    def _mark_field(self, field: str) -> Flags:
        numbers = {number for number, term in enumerate(self.distinct) if term.field == field}
        return np.array([not numbers.isdisjoint(own) for own in self.of_product], dtype=np.bool_)


def _groups(
    terms: tuple[Term, ...],
    numbers: dict[Term, int],
    known: dict[frozenset[Term], TermGroup],
) -> tuple[TermGroup, ...]:
    by_field: dict[str, list[Term]] = {}
    for term in terms:
        by_field.setdefault(term.field, []).append(term)
    groups = []
    for field, own in by_field.items():
        key = frozenset(own)
        if key not in known:
            known[key] = TermGroup(key, tuple(numbers[term] for term in own), field)
        groups.append(known[key])
    return tuple(groups)
