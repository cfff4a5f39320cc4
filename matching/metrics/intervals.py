"""How sure a mean over needs is, and a difference between two methods on the same needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BATCH = 64  # resamples at once; changes memory alone


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The mean of ``first - second`` over needs with a percentile interval.

    Attributes
    ----------
    mean, low, high : float
    standard_errors : float
        The mean divided by its standard error; 0 where the differences do not vary.
    """

    mean: float
    low: float
    high: float
    standard_errors: float


def standard_error(values: Floats) -> float:
    """Return the standard error of the mean; 0 for fewer than two values."""
    if len(values) < 2:
        return 0.0
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def paired_bootstrap(
    first: Floats,
    second: Floats,
    *,
    rng: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> PairedDifference:
    """Return how much better the first method is on the same needs.

    Parameters
    ----------
    first, second : float array, shape (needs,)
        One figure per need, in the same order.
    rng : int
        Seed of the resampling.
    resamples : int
    level : float
        Of the interval.

    Raises
    ------
    ValueError
        Where the two are empty or of different length.
    """
    if len(first) != len(second) or len(first) == 0:
        raise ValueError(f"{len(first)} and {len(second)} needs cannot be paired")
    differences = first - second
    generator = np.random.default_rng(rng)
    means: list[Floats] = []
    for done in range(0, resamples, _BATCH):
        size = min(_BATCH, resamples - done), len(differences)
        means.append(differences[generator.integers(len(differences), size=size)].mean(axis=1))
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(np.concatenate(means), (tail, 1.0 - tail))
    error = standard_error(differences)
    mean = float(differences.mean())
    return PairedDifference(mean, float(low), float(high), mean / error if error > 0 else 0.0)
