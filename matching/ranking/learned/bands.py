"""How earlier needs under like conditions fared: counts with an interval, or nothing.

Counted over all institutions that offer a kind of product, so that no count is one
institution's own, and told only where nobody can be read out of it: enough firms and
institutions stand behind it, none of these makes up nearly all of it, and neither nearly
everybody nor nearly nobody was funded. Where a wider count is told, what is left of it beside
the narrower ones that are told is as safe as they are, so that no two counts differ by few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.ranking.learned.history import Facts, Integers
from matching.ranking.learned.records import Band

# From the widest likeness to the narrowest, each a part of the one before.
_LIKENESS: Final = (("stage", "stage"), ("industry", "section"), ("region", "city"))
_CONDITIONS: Final = tuple(condition for condition, _ in _LIKENESS)
_COLUMNS: Final = tuple(column for _, column in _LIKENESS)

LEAST_INSTITUTIONS: Final = 3
# No institution may make up more of a count than this; the platform's public sums hold the same.
LARGEST_PERCENT: Final = 85
# So many at least were funded, and were not: a count of all or of nobody tells of each.
LEAST_OF_A_KIND: Final = 3

# Quantile of the normal distribution for an interval of 95 %.
_Z_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcomes with an answer, as columns.

    Attributes
    ----------
    units, firms : int array, shape (answers,)
    funded : int array, shape (answers,)
        1 where the need was funded, 0 where it was declined.
    facts : Facts
    """

    units: Integers
    firms: Integers
    funded: Integers
    facts: Facts

    def per_unit(self, units: int) -> Integers:
        """Return the number of answers of each unit, shape (units,)."""
        return np.bincount(self.units, minlength=units)


class BandTable:
    """Every count that may be told, by family, stage, section of industry and city.

    Parameters
    ----------
    answered : Answered
    min_firms : int
        Firms that a count needs; one with several answers counts once, as funded if one of
        them was.
    """

    def __init__(self, answered: Answered, *, min_firms: int) -> None:
        self._answered = answered
        self._min_firms = min_firms
        self._told: dict[tuple[int, ...], Band] = {}
        # One number for each pair of an institution and a firm.
        self._firms = int(answered.firms.max(initial=0)) + 1
        self._pairs = answered.units * self._firms + answered.firms
        families = answered.facts.values["family"]
        for family, rows in _groups(families, np.arange(len(families))):
            if family >= 0:
                self._split((family,), rows, is_told=False)

    def find(self, family: int, numbers: dict[str, int]) -> Band | None:
        """Return the count of the narrowest likeness that is told; None where none is."""
        band = None
        key: tuple[int, ...] = (family,)
        for column in _COLUMNS:
            key = (*key, numbers[column])
            narrower = self._told.get(key)
            if narrower is None:
                break
            band = narrower
        return band

    def _split(self, key: tuple[int, ...], rows: Integers, *, is_told: bool) -> None:
        """Tell the parts of some rows that may be told, and of these the parts."""
        depth = len(key) - 1
        if depth == len(_COLUMNS):
            return
        parts = list(_groups(self._answered.facts.values[_COLUMNS[depth]], rows))
        own = {}
        rest = []
        for value, part in parts:
            band = None if value < 0 else self._count(_CONDITIONS[: depth + 1], part)
            if band is None:
                rest.append(part)
            else:
                own[value] = band, part
        if is_told and rest and self._count((), np.concatenate(rest)) is None:
            return  # the parts taken off the whole would tell what is left
        for value, (band, part) in own.items():
            self._told[(*key, value)] = band
            self._split((*key, value), part, is_told=True)

    def _count(self, conditions: tuple[str, ...], rows: Integers) -> Band | None:
        """Count firms; None where the count would tell of somebody."""
        is_funded = self._answered.funded[rows] == 1
        firms = len(np.unique(self._answered.firms[rows]))
        funded = len(np.unique(self._answered.firms[rows[is_funded]]))
        if firms < self._min_firms or min(funded, firms - funded) < LEAST_OF_A_KIND:
            return None
        if len(np.unique(self._answered.units[rows])) < LEAST_INSTITUTIONS:
            return None
        if any(self._has_a_giant(own) for own in (rows, rows[is_funded], rows[~is_funded])):
            return None
        low, high = wilson_interval(funded, firms)
        return Band(conditions, firms, funded, low, high)

    def _has_a_giant(self, rows: Integers) -> bool:
        """Tell whether one institution stands for nearly all firms that some answers speak of."""
        pairs = np.unique(self._pairs[rows])
        largest = int(np.bincount(pairs // self._firms).max(initial=0))
        return largest * 100 > len(pairs) * LARGEST_PERCENT


def _groups(values: Integers, rows: Integers) -> Iterator[tuple[int, Integers]]:
    """Yield each value that some rows have, ascending, with its rows."""
    own = values[rows]
    order: NDArray[np.intp] = np.argsort(own, kind="stable")
    found, starts = np.unique(own[order], return_index=True)
    yield from zip(found.tolist(), np.split(rows[order], starts)[1:], strict=True)


def wilson_interval(successes: int, trials: int, z: float = _Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    successes, trials : int
        ``trials`` is at least 1.
    z : float
        Quantile of the normal distribution, 95 % by default.

    Returns
    -------
    tuple of float
        Lower and upper end, in [0, 1].

    Examples
    --------
    >>> low, high = wilson_interval(11, 18)
    >>> round(low, 3), round(high, 3)
    (0.386, 0.797)
    """
    share, square = successes / trials, z * z
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    half /= 1 + square / trials
    return max(0.0, centre - half), min(1.0, centre + half)
