"""Needs as columns: what needs and firms bring, encoded once for any catalogue.

Facts that are codes or lists of codes are kept as numbers of *distinct* facts, figures as
arrays. Nothing here knows a product, so that a changed catalogue reads the same columns.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST, LOWEST, Integers
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import Flags
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


@dataclass(frozen=True, slots=True)
class IntervalColumn:
    """Closed intervals; where ``known`` is false the ends say nothing."""

    low: Integers
    high: Integers
    known: Flags


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Figures; floats where these are exact, else Python's own numbers."""

    values: NDArray[Any]
    known: Flags


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Sparse text vectors: need ``n`` has entries ``starts[n]`` to ``starts[n + 1]``."""

    starts: Integers
    columns: NDArray[np.int32]
    units: NDArray[np.int32]


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


class ColumnBuilder:
    """Collects the facts of needs one by one.

    Parameters
    ----------
    text_of : callable
        Columns and whole units of a need's text vector.
    """

    def __init__(self, text_of: Callable[[Facts], tuple[list[int], list[int]]]) -> None:
        self._text_of = text_of
        self._codes: list[str] = []
        self._firms: list[str] = []
        self._numbers: dict[str, dict[Hashable, int]] = {name: {} for name in _CLASSES}
        self._classes: dict[str, list[int]] = {name: [] for name in _CLASSES}
        self._intervals: dict[str, list[tuple[int, int] | None]] = {n: [] for n in _INTERVALS}
        self._caps: list[Number | None] = []
        self._fields: dict[str, list[Any]] = {
            name: [] for name in (*NUMERIC_FIRM_FIELDS, *CODED_FIRM_FIELDS)
        }
        self._texts: list[tuple[list[int], list[int]]] = []

    def add(self, facts: Facts) -> None:
        """Add a need; needs are added in ascending order of code."""
        self._codes.append(facts.need.code)
        self._firms.append(facts.firm.uscc)
        for name, fact_of in _CLASSES.items():
            numbers = self._numbers[name]
            self._classes[name].append(numbers.setdefault(fact_of(facts), len(numbers)))
        for name, interval_of in _INTERVALS.items():
            self._intervals[name].append(interval_of(facts))
        self._caps.append(facts.need.max_annual_rate)
        for name, values in self._fields.items():
            values.append(getattr(facts.firm, name))
        self._texts.append(self._text_of(facts))

    def build(self, as_of: date) -> NeedColumns:
        """Return the columns of everything added."""
        fields: dict[str, NumberColumn | ClassColumn] = {
            name: number_column(self._fields[name]) for name in NUMERIC_FIRM_FIELDS
        }
        fields |= {name: class_column(self._fields[name]) for name in CODED_FIRM_FIELDS}
        return NeedColumns(
            codes=tuple(self._codes),
            firms=tuple(self._firms),
            as_of=as_of,
            classes={
                name: ClassColumn(tuple(self._numbers[name]), np.array(numbers, dtype=np.int32))
                for name, numbers in self._classes.items()
            },
            intervals={name: _interval_column(ends) for name, ends in self._intervals.items()},
            rate_cap=number_column(self._caps),
            fields=fields,
            text=_text_column(self._texts),
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
    if is_exact(whole):
        return NumberColumn(np.array(whole, dtype=np.float64), known)
    values = np.empty(len(whole), dtype=object)
    values[:] = whole
    return NumberColumn(values, known)


def is_exact(numbers: Iterable[Number]) -> bool:
    """Say whether floats hold all the numbers without rounding."""
    return all(isinstance(number, float) or -_EXACT <= number <= _EXACT for number in numbers)


def _as_set(codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(sorted(set(codes)))


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
        columns=np.array([c for columns, _ in texts for c in columns], dtype=np.int32),
        units=np.array([u for _, units in texts for u in units], dtype=np.int32),
    )
