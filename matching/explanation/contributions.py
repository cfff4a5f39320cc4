"""Each component of a score with its value, weight and contribution."""

from __future__ import annotations

from matching.eligibility.outcomes import Rows
from matching.parameters import COMPONENTS
from matching.schema import Component
from matching.scoring.weights import Scores, WeightModel


def explain_scores(
    scores: Scores, positions: Rows, weights: WeightModel
) -> list[tuple[Component, ...]]:
    """Return the components of the pairs at some positions; equal ones are one object.

    The contributions of a pair, added from first to last, are its score.
    """
    stages = scores.weighted_as[positions].tolist()
    columns: list[list[Component]] = []
    for number, code in enumerate(COMPONENTS):
        of_stage = weights.weights[:, number].tolist()
        built: dict[tuple[int, float], Component] = {}
        column: list[Component] = []
        for key in zip(stages, scores.values[number, positions].tolist(), strict=True):
            component = built.get(key)
            if component is None:
                stage, value = key
                weight = of_stage[stage]
                component = Component(code, value, weight, weight * value)
                built[key] = component
            column.append(component)
        columns.append(column)
    return list(zip(*columns, strict=True))
