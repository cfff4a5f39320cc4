"""Deals as columns, and what was known of them before a day.

Everything here works on numbers: units (institutions) from 0, days as proleptic ordinals,
values of criteria from 0 with -1 for unknown. A *block* is a criterion or a cross of two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """A criterion, or a cross of two, that deals are counted by.

    Attributes
    ----------
    code : str
    part : str
        The part of the explanation that the block belongs to.
    columns : tuple of str
        Names of one or two columns of values.
    """

    code: str
    part: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Values of criteria of needs or deals, one row each.

    Attributes
    ----------
    values : mapping of str to int array, shape (rows,)
        -1 where unknown.
    sizes : mapping of str to int
        Number of values of each column.
    """

    values: Mapping[str, Integers]
    sizes: Mapping[str, int]

    def codes(self, block: Block) -> Integers:
        """Return the value of a block for each row; -1 where one of its columns is unknown."""
        first = self.values[block.columns[0]]
        if len(block.columns) == 1:
            return first
        second = self.values[block.columns[1]]
        both = first * self.sizes[block.columns[1]] + second
        return np.where((first < 0) | (second < 0), -1, both)

    def size(self, block: Block) -> int:
        """Return the number of values of a block."""
        return int(np.prod([self.sizes[column] for column in block.columns], dtype=np.int64))

    def take(self, rows: Integers) -> Facts:
        """Return some of the rows."""
        return Facts({name: codes[rows] for name, codes in self.values.items()}, self.sizes)


@dataclass(frozen=True, slots=True)
class Deals:
    """What was financed: one row per deal of a unit, with the facts of its need.

    Attributes
    ----------
    units, days : int array, shape (deals,)
    weights : float array, shape (deals,)
        1, or less for what only stands in for a deal (a declared criterion).
    facts : Facts
    """

    units: Integers
    days: Integers
    weights: Floats
    facts: Facts


class State:
    """Counts of the deals strictly before a day.

    Parameters
    ----------
    deals : Deals
    before : int
        Ordinal of the day; deals on it or later are not looked at.
    units : int
        Number of units.
    half_life : float or None
        Days in which a deal loses half its weight; None counts all alike.
    """

    def __init__(
        self, deals: Deals, *, before: int, units: int, half_life: float | None = None
    ) -> None:
        known = np.flatnonzero(deals.days < before)
        self._units = deals.units[known]
        self._facts = deals.facts.take(known)
        self._weights = deals.weights[known]
        if half_life is not None:
            self._weights = self._weights * 0.5 ** ((before - deals.days[known]) / half_life)
        self._count = units
        totals = np.bincount(self._units, self._weights, minlength=units)
        self.totals: Floats = totals.astype(np.float64)

    def counts(self, block: Block, values: Sequence[int] | Integers) -> tuple[Floats, Floats]:
        """Return counts per value and unit, and the total of each value.

        Parameters
        ----------
        block : Block
        values : sequence of int, shape (k,)
            Ascending and distinct, without -1.

        Returns
        -------
        counts : float array, shape (k, units)
        totals : float array, shape (k,)
        """
        wanted = np.asarray(values, dtype=np.int64)
        codes = self._facts.codes(block)
        place = np.searchsorted(wanted, codes)
        place[place == len(wanted)] = 0
        hit = np.flatnonzero(wanted[place] == codes) if len(wanted) else np.zeros(0, np.int64)
        shape = (len(wanted), self._count)
        table = sparse.coo_matrix(
            (self._weights[hit], (place[hit], self._units[hit])), shape=shape
        ).toarray()
        return table, table.sum(axis=1)


def block_views(
    counts: Floats, value_totals: Floats, unit_totals: Floats, *, prior_strength: float
) -> Floats:
    """Return how each unit stands to each value, in three ways.

    Parameters
    ----------
    counts : float array, shape (k, units)
    value_totals : float array, shape (k,)
    unit_totals : float array, shape (units,)
    prior_strength : float
        How many deals the base rate counts for.

    Returns
    -------
    float array, shape (3, k, units)
        ``log(1 + count)``; the smoothed logarithm of the lift of the value over its base rate
        among the deals of the unit; the smoothed logarithm of the unit's share of the deals
        with the value.
    """
    everything = max(float(unit_totals.sum()), 1.0)
    base = (value_totals + 0.5) / (everything + 1.0)
    share = (unit_totals + 0.05) / (everything + 0.05 * len(unit_totals))
    strength = prior_strength
    expected = base[:, np.newaxis]
    lift = np.log(
        (counts + strength * expected) / ((unit_totals[np.newaxis] + strength) * expected)
    )
    market = np.log((counts + strength * share) / (value_totals[:, np.newaxis] + strength))
    return np.stack([np.log1p(counts), lift, market])
