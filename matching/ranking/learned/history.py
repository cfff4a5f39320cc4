"""Deals as columns, and what was known of them before a day.

Everything here works on numbers: units (institutions) from 0, days as proleptic ordinals,
values of criteria from 0 with -1 for unknown. A *block* is a criterion or a cross of two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# What a value or unit without deals is taken to have, so that no logarithm is of zero.
_LEAST_VALUE = 0.5
_LEAST_UNIT = 0.05
# How much of the base rate is mixed into where a walk ends.
_WALK_MIX = 0.05


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

    @property
    def is_cross(self) -> bool:
        """Whether two criteria meet in it."""
        return len(self.columns) > 1


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
        if not block.is_cross:
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

    def before(self, day: int) -> Deals:
        """Return the deals strictly before a day; nothing else is ever looked at."""
        known = np.flatnonzero(self.days < day)
        return Deals(
            self.units[known], self.days[known], self.weights[known], self.facts.take(known)
        )


class State:
    """Counts of known deals.

    Parameters
    ----------
    deals : Deals
        Those before the day that the state speaks of.
    units : int
        Number of units.
    half_life : float or None
        Number of later deals (of anybody) after which a deal has lost half its weight; None
        counts all alike. Counted in deals and not in days, a quiet month forgets nothing.
    """

    def __init__(self, deals: Deals, *, units: int, half_life: float | None = None) -> None:
        self._deals = deals
        self._weights = deals.weights
        if half_life is not None:
            later = len(deals.days) - np.searchsorted(np.sort(deals.days), deals.days, "right")
            self._weights = self._weights * 0.5 ** (later / half_life)
        self._count = units
        self._matrices: dict[str, sparse.csr_array] = {}
        totals = np.bincount(deals.units, self._weights, minlength=units)
        self.totals: Floats = totals.astype(np.float64)

    def matrix(self, block: Block) -> sparse.csr_array:
        """Return the weight of deals by value and unit, shape (values, units)."""
        if block.code not in self._matrices:
            codes = self._deals.facts.codes(block)
            known = np.flatnonzero(codes >= 0)
            shape = self._deals.facts.size(block), self._count
            entries = self._weights[known], (codes[known], self._deals.units[known])
            self._matrices[block.code] = sparse.coo_array(entries, shape=shape).tocsr()
        return self._matrices[block.code]

    def views(self, block: Block, values: Integers, *, prior_strength: float) -> Floats:
        """Return how each unit stands to each value, in two ways.

        Parameters
        ----------
        block : Block
        values : int array, shape (k,)
        prior_strength : float
            How many deals the base rate counts for.

        Returns
        -------
        float array, shape (2, k, units)
            The smoothed logarithm of the lift of the value over its base rate among the deals
            of the unit; and of the unit's share of the deals with the value.
        """
        matrix = self.matrix(block)
        counts = matrix[values].toarray()
        of_value = matrix.sum(axis=1)[values][:, np.newaxis]
        everything = max(float(self.totals.sum()), 1.0)
        base = (of_value + _LEAST_VALUE) / (everything + 1.0)
        share = (self.totals + _LEAST_UNIT) / (everything + _LEAST_UNIT * self._count)
        lift = np.log((counts + prior_strength * base) / ((self.totals + prior_strength) * base))
        market = np.log((counts + prior_strength * share) / (of_value + prior_strength))
        return np.stack([lift, market])

    def walk(self, block: Block, values: Integers) -> Floats:
        """Return the log-lift of a value in the wider surroundings of each unit's deals.

        From the value to a unit that served it, from there to another value of that unit, and
        on to every unit that serves that one: a unit that never served a region but serves
        what its neighbours serve is nearer than one that does not.

        Returns
        -------
        float array, shape (k, units)
            0 for units without deals.
        """
        matrix = self.matrix(block)
        of_unit, of_value = matrix.sum(axis=0), matrix.sum(axis=1)
        by_unit = matrix @ sparse.diags_array(_inverse(of_unit))  # value given unit
        there = sparse.diags_array(_inverse(of_value)) @ matrix  # unit given value
        steps = there @ by_unit.T  # value given value
        reached = (steps.T.tocsr()[values] @ by_unit).toarray()
        base = (of_value[values] + _LEAST_VALUE) / (of_value.sum() + 1.0)
        expected = base[:, np.newaxis]
        lift = np.log((reached + _WALK_MIX * expected) / ((1.0 + _WALK_MIX) * expected))
        return np.where(of_unit > 0, lift, 0.0)


def _inverse(totals: Floats) -> Floats:
    return np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0)
