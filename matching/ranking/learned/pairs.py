"""Features of pairs of a need and a unit, from the state before the need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from matching.ranking.learned.history import (
    Block,
    Deals,
    Facts,
    Floats,
    Integers,
    State,
    block_views,
)

VIEWS: Final = ("count", "lift", "share")


class PairViews:
    """The views of every block, for all deals alike and once for each half-life.

    Parameters
    ----------
    deals : Deals
    before : int
        Ordinal of the day before which deals are known.
    units : int
    blocks : sequence of Block
    half_lives : sequence of (float or None)
        One state for each.
    prior_strength : float
        How many deals the base rate counts for.
    """

    def __init__(
        self,
        deals: Deals,
        *,
        before: int,
        units: int,
        blocks: Sequence[Block],
        half_lives: Sequence[float | None],
        prior_strength: float,
    ) -> None:
        self._blocks = tuple(blocks)
        self._strength = prior_strength
        self._states = [
            State(deals, before=before, units=units, half_life=half_life)
            for half_life in half_lives
        ]

    def unit_features(self) -> Floats:
        """Return how much each unit has done, shape (units, states)."""
        return np.log1p(np.stack([state.totals for state in self._states], axis=1))

    def table(self, block: Block, values: Integers) -> Floats:
        """Return the views of a block for some values, shape (states * 3, values, units)."""
        views = []
        for state in self._states:
            counts, totals = state.counts(block, values)
            views.append(block_views(counts, totals, state.totals, prior_strength=self._strength))
        return np.concatenate(views)

    def features(self, facts: Facts, units: Integers) -> Floats:
        """Return the features of pairs, shape (pairs, states + blocks * states * 3).

        A pair whose value of a block is unknown has zeros there: within one need it is
        unknown for all, and what is equal for all teaches nothing.
        """
        columns = [self.unit_features()[units]]
        for block in self._blocks:
            codes = facts.codes(block)
            values, place = np.unique(codes, return_inverse=True)
            known = values >= 0
            table = np.zeros((3 * len(self._states), len(values), self._units))
            table[:, known] = self.table(block, values[known])
            columns.append(table[:, place, units].T)
        return np.concatenate(columns, axis=1)

    @property
    def _units(self) -> int:
        return len(self._states[0].totals)
