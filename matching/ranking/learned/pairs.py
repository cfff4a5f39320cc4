"""Features of pairs of a need and a unit, from the state before the need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.ranking.learned.history import Block, Deals, Facts, Floats, Integers, State


class PairViews:
    """The views of every block, for all deals alike and once for each half-life.

    Parameters
    ----------
    deals : Deals
        Of any time; those on ``before`` or later are not looked at.
    before : int
        Ordinal of the day before which deals are known.
    units : int
    blocks : sequence of Block
    half_lives : sequence of float
        In deals; one further state for each.
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
        half_lives: Sequence[float],
        prior_strength: float,
    ) -> None:
        known = deals.before(before)
        self.blocks = tuple(blocks)
        self._strength = prior_strength
        self._count = units
        self._states = [
            State(known, units=units, half_life=half_life) for half_life in (None, *half_lives)
        ]

    def names(self) -> list[str]:
        """Return the names of the features, in the order of ``features``."""
        names = [f"history.{state}" for state in range(len(self._states))]
        return names + [name for block in self.blocks for name in self.block_names(block)]

    def block_names(self, block: Block) -> list[str]:
        """Return the names of the views of a block, in the order of ``table``."""
        names = [
            f"{block.code}.{view}{state}"
            for state in range(len(self._states))
            for view in ("lift", "share")
        ]
        return names if block.is_cross else [*names, f"{block.code}.walk"]

    def unit_features(self) -> Floats:
        """Return the logarithm of how much each unit has done, shape (units, states)."""
        least = 0.3
        return np.log(np.stack([state.totals for state in self._states], axis=1) + least)

    def table(self, block: Block, values: Integers) -> Floats:
        """Return the views of a block for some values, shape (views, values, units)."""
        views = [
            state.views(block, values, prior_strength=self._strength) for state in self._states
        ]
        if not block.is_cross:
            views.append(self._states[0].walk(block, values)[np.newaxis])
        return np.concatenate(views)

    def features(self, facts: Facts, units: Integers) -> Floats:
        """Return the features of pairs, shape (pairs, features).

        A pair whose value of a block is unknown has zeros there: within one need it is
        unknown for all, and what is equal for all teaches nothing.
        """
        columns = [self.unit_features()[units]]
        for block in self.blocks:
            codes = facts.codes(block)
            values, place = np.unique(codes, return_inverse=True)
            known = values >= 0
            table = np.zeros((len(self.block_names(block)), len(values), self._count))
            table[:, known] = self.table(block, values[known])
            columns.append(table[:, place, units].T)
        return np.concatenate(columns, axis=1)
