"""The learned component: what a model says of pairs, beside what the rules say.

The model itself lives higher up; here stands what the score asks of it. Its component is the
last of a score, has the same weight in every stage, and takes its weight from all others alike:
without a model nothing of it is there, and a score is what it always was.

A pair whose stage is open is read as a need without a stage. A model counts an unknown for the
least that any of its values could count, so learning the stage never lowers a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.columns import ClassColumn
from matching.eligibility.outcomes import UNKNOWN_FIRM, Rows, Values
from matching.parameters import STAGE_CODES
from matching.schema import Product
from matching.scoring.pairs import NO_STAGE, Pairs

LEARNED: Final = "learned"


class LearnedTables(NamedTuple):
    """A model as rows of numbers that are looked up and added.

    The margin of a pair is the sum of its parts, one after the other; a part is the sum of the
    rows of its blocks. The first part is the first row, whatever the need.

    Attributes
    ----------
    margins : float array, shape (rows, groups)
        In log-odds.
    ends : int64 array, shape (parts - 1,)
        Where the blocks of each part but the first end.
    squash : float array, shape (3,)
        Centre and spread of the map from margins to [0, 1], and the weight of the component.
    """

    margins: Values
    ends: NDArray[np.int64]
    squash: Values


@dataclass(frozen=True, slots=True)
class Profiles:
    """What a model reads of needs, one row each.

    Attributes
    ----------
    stage, industry, region : ClassColumn
        Of codes; None is unknown.
    amount_yuan : float array, shape (needs,)
        NaN is unknown.
    """

    stage: ClassColumn
    industry: ClassColumn
    region: ClassColumn
    amount_yuan: Values


class LearnedSide(Protocol):
    """A model beside the products of one catalogue; alike products are one group."""

    @property
    def weight(self) -> float:
        """Return the weight of the component, in (0, 1)."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the codes of what the component is made of, in the order of addition."""

    @property
    def group_of(self) -> NDArray[np.int32]:
        """Return the group of each product, shape (products,)."""

    @property
    def tables(self) -> LearnedTables:
        """Return what ``rows`` points into."""

    def rows(self, profiles: Profiles) -> NDArray[np.int32]:
        """Return which row of the tables each block takes, shape (needs, blocks)."""

    def scores(self, rows: NDArray[np.int32]) -> Values:
        """Return the values of the component, in [0, 1], shape (needs, groups)."""

    def breakdown(self, rows: NDArray[np.int32]) -> Values:
        """Return the parts in log-odds, shape (needs, groups, parts)."""


class LearnedSource(Protocol):
    """A model, ready to stand beside any catalogue."""

    @property
    def version(self) -> str:
        """Name the model as results name it."""

    @property
    def weight(self) -> float:
        """Return the weight of the component, in (0, 1)."""

    def beside(self, products: Sequence[Product]) -> LearnedSide:
        """Look the products of a catalogue up once, in their order."""


def rows_of_pairs(
    side: LearnedSide, pairs: Pairs, industry: str | None, region: str | None
) -> tuple[NDArray[np.int32], Rows]:
    """Return the rows of one need's distinct profiles, and which of them each pair has."""
    is_open = (
        (pairs.stage == NO_STAGE) | ~pairs.is_settled | (pairs.outcome("stage") == UNKNOWN_FIRM)
    )
    stage = np.where(is_open, NO_STAGE, pairs.stage).astype(np.float64)
    asked = pairs.asked_amount_yuan
    amounts = np.full(len(stage), np.nan if asked is None else asked)
    keys, of_pair = np.unique(np.stack([stage, amounts]), axis=1, return_inverse=True)
    count = keys.shape[1]
    stages = [STAGE_CODES[number] if number >= 0 else None for number in keys[0].astype(int)]
    everywhere = np.zeros(count, dtype=np.int32)
    profiles = Profiles(
        stage=ClassColumn(tuple(stages), np.arange(count, dtype=np.int32)),
        industry=ClassColumn((industry,), everywhere),
        region=ClassColumn((region,), everywhere),
        amount_yuan=keys[1],
    )
    return side.rows(profiles), of_pair.reshape(-1)


def values_of_pairs(
    side: LearnedSide, pairs: Pairs, industry: str | None, region: str | None
) -> Values:
    """Return the component of one need's pairs, shape (1, pairs)."""
    if not len(pairs.rows):
        return np.zeros((1, 0))
    rows, of_pair = rows_of_pairs(side, pairs, industry, region)
    values: Values = side.scores(rows)[of_pair, side.group_of[pairs.rows]]
    return values[np.newaxis]


def parts_of_pairs(
    side: LearnedSide, pairs: Pairs, industry: str | None, region: str | None, positions: Rows
) -> list[tuple[tuple[str, float], ...]]:
    """Return what the component of some pairs is made of, in log-odds."""
    if not len(positions):
        return []
    rows, of_pair = rows_of_pairs(side, pairs, industry, region)
    parts = side.breakdown(rows)[of_pair[positions], side.group_of[pairs.rows[positions]]]
    return [tuple(zip(side.parts, own, strict=True)) for own in parts.tolist()]
