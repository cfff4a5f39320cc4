"""From a margin to a chance, by kind of product; nothing where too little is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from matching.ranking.learned.history import Floats

Form = Literal["platt", "isotonic"]
# A chance of nothing or of certainty is never said.
LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Standing:
    """Where margins of a kind lie at a model's day.

    Margins have no common zero: what is known grows, and so do they. ``centre`` is their mean,
    ``spread`` their standard deviation.
    """

    centre: float
    spread: float

    @classmethod
    def of(cls, margins: Floats) -> Standing:
        """Measure where margins lie."""
        return cls(float(margins.mean()), float(max(margins.std(), 1e-6)))

    def __call__(self, margins: Floats) -> Floats:
        """Return margins in spreads above the centre."""
        z: Floats = (margins - self.centre) / self.spread
        return z


@dataclass(frozen=True, slots=True)
class Curve:
    """A non-decreasing map from margins to chances.

    Attributes
    ----------
    form : {"platt", "isotonic"}
    slope, intercept : float
        Of the logistic curve; not used by an isotonic one.
    points, chances : float array, shape (points,)
        Ascending; between two points of an isotonic curve lies a line. Empty for a logistic one.
    funded : int
        Funded outcomes that it rests on.
    standing : Standing
        What margins are measured against before the curve is looked up.
    """

    form: Form
    slope: float
    intercept: float
    points: Floats
    chances: Floats
    funded: int
    standing: Standing = Standing(0.0, 1.0)

    def __call__(self, margins: Floats) -> Floats:
        """Return chances, in (0, 1)."""
        z = self.standing(margins)
        if self.form == "platt":
            found = 1.0 / (1.0 + np.exp(-np.clip(self.slope * z + self.intercept, -50.0, 50.0)))
        else:
            found = np.interp(z, self.points, self.chances)
        bounded: Floats = np.clip(found, LEAST, 1.0 - LEAST)
        return bounded
