"""How earlier needs under like conditions fared: counts with an interval, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from matching.ranking.learned.history import Facts, Integers
from matching.ranking.learned.records import Band

# From the narrowest likeness to the widest; the first with enough firms answers.
_LIKENESS: Final = (
    ("stage", "industry", "region"),
    ("stage", "industry"),
    ("stage", "region"),
    ("industry", "region"),
    ("stage",),
)
_COLUMN_OF: Final = {"stage": "stage", "industry": "section", "region": "city"}

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

    def band(self, unit: int, numbers: dict[str, int], *, min_firms: int) -> Band | None:
        """Return the band of the narrowest likeness that at least ``min_firms`` firms share.

        A firm with several answers counts once, as funded if one of them was.
        """
        own = np.flatnonzero(self.units == unit)
        for conditions in _LIKENESS:
            columns = [_COLUMN_OF[condition] for condition in conditions]
            if any(numbers[column] < 0 for column in columns):
                continue
            like = np.ones(len(own), dtype=bool)
            for column in columns:
                like &= self.facts.values[column][own] == numbers[column]
            rows = own[like]
            firms = len(np.unique(self.firms[rows]))
            if firms >= min_firms:
                funded = len(np.unique(self.firms[rows[self.funded[rows] == 1]]))
                low, high = wilson_interval(funded, firms)
                return Band(conditions, firms, funded, low, high)
        return None


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
