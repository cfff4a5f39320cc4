"""Fits one function per feature: a line, and steps that bend it where that pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from matching.ranking.learned.additive import AdditiveBoosting
from matching.ranking.learned.conditional import ConditionalLogit
from matching.ranking.learned.history import Floats, Integers
from matching.ranking.learned.sampling import Sample
from matching.ranking.learned.screening import TELLING, standard_scores

_LOGISTIC_C: Final = 0.1
# Steps are not worth their chance of error on fewer rows.
_LEAST_FOR_STEPS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Term:
    """A function of one feature: a line and a step function added up.

    Attributes
    ----------
    slope : float
    edges, steps : float array
        As :class:`AdditiveBoosting` has them, the steps already weighed.
    """

    slope: float
    edges: Floats
    steps: Floats

    def __call__(self, values: Floats) -> Floats:
        """Return what the feature adds, in the shape of its values."""
        bent: Floats = self.slope * values + self.steps[np.searchsorted(self.edges, values)]
        return bent


def fit_terms(sample: Sample, names: Sequence[str], *, alpha: float, seed: int) -> dict[str, Term]:
    """Fit a function to each feature that tells; empty where none does.

    Half the answer is the conditional likelihood of each need's choice, over features and what
    additive boosting makes of each part; half is logistic regression over all pairs. Both are
    sums over single features, and so is their mean. The position at which a product was shown
    takes part in the fit and is then left out.

    Parameters
    ----------
    sample : Sample
    names : sequence of str
        Of the features; what stands before the dot is the part.
    alpha : float
        Penalty of the conditional fit.
    seed : int
    """
    scores = standard_scores(sample.features, sample.chosen, sample.groups)
    kept = np.flatnonzero(scores > TELLING)
    if len(kept) == 0:
        return {}
    told = [names[place] for place in kept.tolist()]
    columns = sample.features[:, kept]
    parts = sorted({_part(name) for name in told})
    of_part = np.array([parts.index(_part(name)) for name in told])
    edges, steps, bent = _steps(columns, sample.places, sample.chosen, of_part, len(parts), seed)
    free = np.r_[np.ones(columns.shape[1] + bent.shape[1], dtype=bool), False]
    conditional = ConditionalLogit(alpha=alpha, non_negative=free).fit(
        np.column_stack([columns, bent, sample.places]),
        sample.chosen,
        sample.groups,
        sample.weights,
    )
    slopes = conditional.coef_[: len(told)] + _logistic(columns, sample)
    shares = np.r_[conditional.coef_[len(told) : -1], np.zeros(len(parts))]
    return {
        name: Term(
            float(slopes[place]) / 2, edges[place], steps[place] * shares[of_part[place]] / 2
        )
        for place, name in enumerate(told)
    }


def _part(name: str) -> str:
    return name.split(".", 1)[0]


def _steps(
    columns: Floats, places: Floats, chosen: Integers, of_part: Integers, parts: int, seed: int
) -> tuple[list[Floats], list[Floats], Floats]:
    """Boost one step function per feature; return them and their sum per part."""
    count = columns.shape[1]
    if len(columns) < _LEAST_FOR_STEPS:
        return [np.zeros(0)] * count, [np.zeros(1)] * count, np.zeros((len(columns), 0))
    signs = [1] * count + [0]
    model = AdditiveBoosting(monotonic_cst=signs, random_state=seed)
    model.fit(np.column_stack([columns, places]), chosen)
    bent = np.zeros((len(columns), parts))
    for place, column in enumerate(columns.T):
        bent[:, of_part[place]] += model.part(place, column)
    return model.edges_[:count], model.steps_[:count], bent


def _logistic(columns: Floats, sample: Sample) -> Floats:
    """Return the slopes of logistic regression."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_LOGISTIC_C, max_iter=200))
    rows = np.column_stack([columns, sample.places])
    model.fit(rows, sample.chosen, logisticregression__sample_weight=sample.weights)
    slopes: Floats = (model[-1].coef_[0] / model[0].scale_)[:-1]
    return slopes
