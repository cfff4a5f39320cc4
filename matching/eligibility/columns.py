"""Needs as columns: what needs and firms bring, encoded once for any catalogue.

Facts that are codes or lists of codes are kept as numbers of *distinct* facts, figures as
arrays. Nothing here knows a product, so that a changed catalogue reads the same columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST, LOWEST, Integers
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import Flags, Rows
from matching.schema import Number
from matching.vocabulary import CODED_FIRM_FIELDS, NUMERIC_FIRM_FIELDS

# Whole numbers up to here are exact as floats.
_EXACT: Final = 1 << 53


@dataclass(frozen=True, slots=True)
class ClassColumn:
    """Facts that repeat: ``distinct[of_need[n]]`` is the fact of need ``n``.

    Attributes
    ----------
    distinct : tuple
        In order of first appearance.
    of_need : int32 array, shape (n,)
    """

    distinct: tuple[Any, ...]
    of_need: NDArray[np.int32]

    def take(self, positions: Rows) -> ClassColumn:
        """Return the facts of some needs, without those that none of them has."""
        numbers, of_need = np.unique(self.of_need[positions], return_inverse=True)
        distinct = tuple(self.distinct[number] for number in numbers.tolist())
        return ClassColumn(distinct, of_need.astype(np.int32))

    def joined(self, other: ClassColumn) -> ClassColumn:
        """Return these facts with others behind them."""
        numbers = {fact: number for number, fact in enumerate(self.distinct)}
        moved = [numbers.setdefault(fact, len(numbers)) for fact in other.distinct]
        of_other = np.array(moved, dtype=np.int32)[other.of_need]
        return ClassColumn(tuple(numbers), np.concatenate((self.of_need, of_other)))


@dataclass(frozen=True, slots=True)
class IntervalColumn:
    """Closed intervals; where ``known`` is false the ends say nothing."""

    low: Integers
    high: Integers
    known: Flags

    def take(self, positions: Rows | slice) -> IntervalColumn:
        """Return the intervals of some needs."""
        return IntervalColumn(self.low[positions], self.high[positions], self.known[positions])

    def joined(self, other: IntervalColumn) -> IntervalColumn:
        """Return these intervals with others behind them."""
        return IntervalColumn(
            np.concatenate((self.low, other.low)),
            np.concatenate((self.high, other.high)),
            np.concatenate((self.known, other.known)),
        )


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Figures; floats where these are exact, else Python's own numbers."""

    values: NDArray[Any]
    known: Flags

    def take(self, positions: Rows | slice) -> NumberColumn:
        """Return the figures of some needs."""
        return NumberColumn(self.values[positions], self.known[positions])

    def joined(self, other: NumberColumn) -> NumberColumn:
        """Return these figures with others behind them."""
        return NumberColumn(
            np.concatenate((self.values, other.values)), np.concatenate((self.known, other.known))
        )


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Sparse text vectors: need ``n`` has entries ``starts[n]`` to ``starts[n + 1]``."""

    starts: Integers
    columns: NDArray[np.uint16]
    units: NDArray[np.int32]

    def take(self, positions: Rows) -> TextColumn:
        """Return the vectors of some needs."""
        lengths = self.starts[positions + 1] - self.starts[positions]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        shift = np.repeat(self.starts[positions] - starts[:-1], lengths)
        entries = np.arange(starts[-1]) + shift
        return TextColumn(starts, self.columns[entries], self.units[entries])

    def joined(self, other: TextColumn) -> TextColumn:
        """Return these vectors with others behind them."""
        return TextColumn(
            np.concatenate((self.starts, other.starts[1:] + self.starts[-1])),
            np.concatenate((self.columns, other.columns)),
            np.concatenate((self.units, other.units)),
        )


@dataclass(frozen=True, slots=True)
class NeedColumns:
    """Needs of one day in ascending order of code.

    Attributes
    ----------
    codes, firms : tuple of str
        Need code and uscc of each need.
    as_of : date
    classes : dict
        ``financing_type``, ``stage`` (stage, whether declared, whether settled), ``region``,
        ``industry``, ``tech_field``, ``purpose``, ``qualifications``, ``collateral`` and
        ``excluded`` (institutions); lists without order and repeats.
    intervals : dict
        ``amount``, ``term`` and ``firm_age``.
    rate_cap : NumberColumn
    fields : dict
        Numeric (NumberColumn) and coded (ClassColumn) fields of the firms.
    text : TextColumn
    """

    codes: tuple[str, ...]
    firms: tuple[str, ...]
    as_of: date
    classes: dict[str, ClassColumn]
    intervals: dict[str, IntervalColumn]
    rate_cap: NumberColumn
    fields: dict[str, NumberColumn | ClassColumn]
    text: TextColumn

    def __len__(self) -> int:
        """Count the needs."""
        return len(self.codes)

    def take(self, positions: Rows) -> NeedColumns:
        """Return the columns of some needs, whose positions ascend."""
        numbers = positions.tolist()
        return NeedColumns(
            codes=tuple(self.codes[number] for number in numbers),
            firms=tuple(self.firms[number] for number in numbers),
            as_of=self.as_of,
            classes={name: column.take(positions) for name, column in self.classes.items()},
            intervals={name: column.take(positions) for name, column in self.intervals.items()},
            rate_cap=self.rate_cap.take(positions),
            fields={name: column.take(positions) for name, column in self.fields.items()},
            text=self.text.take(positions),
        )

    def joined(self, other: NeedColumns) -> NeedColumns:
        """Return these needs and others of the same day, all with distinct codes."""
        if other.as_of != self.as_of:
            raise ValueError(f"needs of {other.as_of} beside needs of {self.as_of}")
        codes = self.codes + other.codes
        both = NeedColumns(
            codes=codes,
            firms=self.firms + other.firms,
            as_of=self.as_of,
            classes=_joined(self.classes, other.classes),
            intervals=_joined(self.intervals, other.intervals),
            rate_cap=self.rate_cap.joined(other.rate_cap),
            fields=_joined(self.fields, other.fields),
            text=self.text.joined(other.text),
        )
        return both.take(np.array(sorted(range(len(codes)), key=codes.__getitem__), dtype=np.intp))


def _joined(columns: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {name: column.joined(others[name]) for name, column in columns.items()}


_CLASSES: Final[dict[str, Callable[[Facts], Any]]] = {
    "financing_type": lambda facts: _as_set(facts.need.financing_types or ()),
    "stage": lambda facts: (
        facts.stage.stage,
        facts.stage.basis == "declared",
        facts.stage.settled,
    ),
    "region": lambda facts: facts.firm.region,
    "industry": lambda facts: facts.firm.industry,
    "tech_field": lambda facts: _as_set(facts.firm.tech_fields),
    "purpose": lambda facts: _as_set(facts.need.purposes),
    "qualifications": lambda facts: facts.qualifications,
    "collateral": lambda facts: _as_set(facts.need.collateral),
    "excluded": lambda facts: _as_set(facts.need.excluded_institutions or ()),
}
_INTERVALS: Final[dict[str, Callable[[Facts], tuple[int, int] | None]]] = {
    "amount": lambda facts: facts.amount,
    "term": lambda facts: facts.term,
    "firm_age": lambda facts: None if facts.age_months is None else (facts.age_months,) * 2,
}


def build_columns(
    facts: Sequence[Facts],
    text_of: Callable[[Facts], tuple[list[int], list[int]]],
    *,
    as_of: date,
) -> NeedColumns:
    """Encode the facts of needs of one day.

    Parameters
    ----------
    facts : sequence of Facts
        In ascending order of need code.
    text_of : callable
        Columns and whole units of a need's text vector.
    """
    firms = [one.firm for one in facts]
    fields: dict[str, NumberColumn | ClassColumn] = {
        name: number_column(list(map(attrgetter(name), firms))) for name in NUMERIC_FIRM_FIELDS
    }
    fields |= {name: class_column(map(attrgetter(name), firms)) for name in CODED_FIRM_FIELDS}
    return NeedColumns(
        codes=tuple(one.need.code for one in facts),
        firms=tuple(firm.uscc for firm in firms),
        as_of=as_of,
        classes={name: class_column(map(fact_of, facts)) for name, fact_of in _CLASSES.items()},
        intervals={
            name: _interval_column(list(map(interval_of, facts)))
            for name, interval_of in _INTERVALS.items()
        },
        rate_cap=number_column([one.need.max_annual_rate for one in facts]),
        fields=fields,
        text=_text_column([text_of(one) for one in facts]),
    )


def class_column(facts: Iterable[Any]) -> ClassColumn:
    """Number the distinct facts."""
    numbers: dict[Any, int] = {}
    of_need = [numbers.setdefault(fact, len(numbers)) for fact in facts]
    return ClassColumn(tuple(numbers), np.array(of_need, dtype=np.int32))


def number_column(numbers: Sequence[Number | None]) -> NumberColumn:
    """Hold figures as floats where every one of them is exact as a float."""
    known = np.array([number is not None for number in numbers], dtype=np.bool_)
    whole = [0 if number is None else number for number in numbers]
    values = np.array(whole, dtype=np.float64 if is_exact(whole) else object)
    return NumberColumn(values, known)


def is_exact(numbers: Iterable[Number]) -> bool:
    """Say whether floats hold all the numbers without rounding."""
    return all(-_EXACT <= number <= _EXACT or isinstance(number, float) for number in numbers)


def _as_set(codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if codes is None or len(codes) < 2:
        return codes
    return tuple(sorted(set(codes)))


def _interval_column(intervals: Sequence[tuple[int, int] | None]) -> IntervalColumn:
    ends = [
        (0, 0) if pair is None else tuple(min(max(end, LOWEST), HIGHEST) for end in pair)
        for pair in intervals
    ]
    both = np.array(ends, dtype=np.int64).reshape(len(ends), 2)
    known = np.array([pair is not None for pair in intervals], dtype=np.bool_)
    return IntervalColumn(np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1]), known)


def _text_column(texts: Sequence[tuple[list[int], list[int]]]) -> TextColumn:
    lengths = np.array([len(columns) for columns, _ in texts], dtype=np.int64)
    return TextColumn(
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        columns=np.fromiter(chain.from_iterable(columns for columns, _ in texts), dtype=np.uint16),
        units=np.fromiter(chain.from_iterable(units for _, units in texts), dtype=np.int32),
    )
