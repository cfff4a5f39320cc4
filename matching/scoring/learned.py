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
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.outcomes import UNKNOWN_FIRM, Rows, Values
from matching.parameters import STAGE_CODES
from matching.schema import Product
from matching.scoring.pairs import NO_STAGE, Pairs

LEARNED: Final = "learned"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a model reads of a need; None is unknown."""

    stage: str | None
    industry: str | None
    region: str | None
    amount_yuan: int | None


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

    def bands(self, amounts: Values) -> NDArray[np.int64]:
        """Return the band of each amount in yuan, -1 for NaN; alike amounts share one."""

    def scores(self, profiles: Sequence[Profile]) -> Values:
        """Return the values of the component, in [0, 1], shape (profiles, groups)."""

    def breakdown(self, profile: Profile) -> Values:
        """Return the parts in log-odds, shape (groups, parts)."""


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


def profiles_of(
    pairs: Pairs, industry: str | None, region: str | None
) -> tuple[list[Profile], Rows]:
    """Return the distinct profiles of one need's pairs, and which of them each pair has."""
    is_open = (
        (pairs.stage == NO_STAGE) | ~pairs.is_settled | (pairs.outcome("stage") == UNKNOWN_FIRM)
    )
    stage = np.where(is_open, NO_STAGE, pairs.stage).astype(np.float64)
    asked = pairs.asked_amount_yuan
    amounts = np.full(len(stage), -1.0)
    if asked is not None:
        amounts = np.where(np.isnan(asked), -1.0, asked)
    keys, of_pair = np.unique(np.stack([stage, amounts]), axis=1, return_inverse=True)
    found = [
        Profile(
            stage=None if stage == NO_STAGE else STAGE_CODES[int(stage)],
            industry=industry,
            region=region,
            amount_yuan=None if amount < 0 else int(amount),
        )
        for stage, amount in keys.T.tolist()
    ]
    return found, of_pair.reshape(-1)


def values_of_pairs(
    side: LearnedSide, pairs: Pairs, industry: str | None, region: str | None
) -> Values:
    """Return the component of one need's pairs, shape (1, pairs)."""
    if not len(pairs.rows):
        return np.zeros((1, 0))
    profiles, of_pair = profiles_of(pairs, industry, region)
    values: Values = side.scores(profiles)[of_pair, side.group_of[pairs.rows]]
    return values[np.newaxis]


def parts_of_pairs(
    side: LearnedSide, pairs: Pairs, industry: str | None, region: str | None, positions: Rows
) -> list[tuple[tuple[str, float], ...]]:
    """Return what the component of some pairs is made of, in log-odds."""
    if not len(positions):
        return []
    profiles, of_pair = profiles_of(pairs, industry, region)
    tables = [side.breakdown(profile) for profile in profiles]
    groups = side.group_of[pairs.rows[positions]].tolist()
    return [
        tuple(zip(side.parts, tables[number][group].tolist(), strict=True))
        for number, group in zip(of_pair[positions].tolist(), groups, strict=True)
    ]
