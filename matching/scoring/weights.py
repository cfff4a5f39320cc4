"""From components to one score: weights by stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.eligibility.outcomes import UNKNOWN_FIRM, Rows, Values
from matching.parameters import STAGE_CODES, Parameters
from matching.scoring.pairs import NO_STAGE, Pairs


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of pairs with all that explains them.

    Attributes
    ----------
    values : float array, shape (components, r)
    weighted_as : int array, shape (r,)
        Index of the stage whose weights were used.
    totals : float array, shape (r,)
        Scores in [0, 1].
    """

    values: Values
    weighted_as: Rows
    totals: Values


class WeightModel:
    """Adds the components up with the weights of the firm's stage.

    While the stage is open (not known, inferred from facts that do not settle it, or
    inferred and not on the product's list) the pair gets the weights, among those of all
    stages, under which it scores lowest. So learning the stage, or a fact behind it, never
    lowers a score.

    Parameters
    ----------
    parameters : Parameters
    learned_weight : float
        Of the learned component, which is then the last; all others give up that share. With 0
        there is none, and the weights are those of the parameters.
    """

    def __init__(self, parameters: Parameters, learned_weight: float = 0.0) -> None:
        weights = np.array([parameters.weights[stage] for stage in STAGE_CODES])
        if learned_weight:
            own = np.full((len(STAGE_CODES), 1), learned_weight)
            weights = np.hstack([weights * (1.0 - learned_weight), own])
        self.weights = weights

    def combine(self, values: Values, pairs: Pairs) -> Scores:
        """Sum ``weight * value`` in the fixed order of the components."""
        totals = np.zeros((len(STAGE_CODES), values.shape[1]))
        for weight, value in zip(self.weights.T, values, strict=True):
            totals += weight[:, np.newaxis] * value
        is_open = (
            (pairs.stage == NO_STAGE) | ~pairs.is_settled | (pairs.outcome("stage") == UNKNOWN_FIRM)
        )
        weighted_as = np.where(is_open, totals.argmin(axis=0), pairs.stage).astype(np.intp)
        chosen = totals[weighted_as, np.arange(values.shape[1])]
        return Scores(values, weighted_as, np.minimum(chosen, 1.0))
