"""From margins to probabilities, and how far those can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float64]

_LEAST: Final = 1e-7


@dataclass(frozen=True, slots=True)
class CalibrationMeasures:
    """How well probabilities fit what happened, over whole candidate lists.

    Attributes
    ----------
    pairs, funded : int
    log_loss, brier : float
        Means over pairs; lower is better.
    error : float
        Mean distance between predicted and observed share over ten bins with about equally
        many *predicted* deals each (bins of equal pairs would hold nearly no deal).
    bins : tuple of (float, float, int)
        Predicted share, observed share and pairs of each bin.
    """

    pairs: int
    funded: int
    log_loss: float
    brier: float
    error: float
    bins: tuple[tuple[float, float, int], ...]


class IsotonicCalibration:
    """A non-decreasing step from margins to probabilities, fitted on whole candidate lists.

    Parameters
    ----------
    margins : float array, shape (pairs,)
    funded : bool array, shape (pairs,)
    """

    def __init__(self, margins: Floats, funded: NDArray[np.bool_]) -> None:
        self._steps = IsotonicRegression(out_of_bounds="clip")
        self._steps.fit(margins, funded.astype(np.float64))

    def __call__(self, margins: Floats) -> Floats:
        """Return probabilities, in (0, 1)."""
        probabilities: Floats = np.clip(self._steps.predict(margins), _LEAST, 1.0 - _LEAST)
        return probabilities


def measure_calibration(
    probabilities: Floats, funded: NDArray[np.bool_], *, bins: int = 10
) -> CalibrationMeasures:
    """Return how well probabilities fit.

    Raises
    ------
    ValueError
        Where there is no pair, or a probability is not within (0, 1).
    """
    if len(probabilities) == 0:
        raise ValueError("no pair to measure")
    if not ((probabilities > 0) & (probabilities < 1)).all():
        raise ValueError("a probability is not within (0, 1)")
    losses = -np.where(funded, np.log(probabilities), np.log1p(-probabilities))
    order = np.argsort(probabilities, kind="stable")
    mass = np.cumsum(probabilities[order], dtype=np.float64)
    edges = np.searchsorted(mass, mass[-1] * np.arange(1, bins) / bins)
    rows = [part for part in np.split(order, np.unique(edges)) if len(part)]
    found = tuple(
        (float(probabilities[part].mean()), float(funded[part].mean()), len(part)) for part in rows
    )
    error = sum(abs(said - seen) for said, seen, _ in found) / len(found)
    brier = float(((probabilities - funded) ** 2).mean())
    return CalibrationMeasures(
        len(funded), int(funded.sum()), float(losses.mean()), brier, error, found
    )
