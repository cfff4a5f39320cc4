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
    for code, own_weights, values in zip(
        COMPONENTS, weights.weights.T.tolist(), scores.values[:, positions].tolist(), strict=True
    ):
        built = _Built(code, own_weights)
        columns.append(list(map(built.__getitem__, zip(stages, values, strict=True))))
    return list(zip(*columns, strict=True))


class _Built(dict[tuple[int, float], Component]):
    """One component by stage and value, made when first asked for."""

    def __init__(self, code: str, weights: list[float]) -> None:
        super().__init__()
        self._code = code
        self._weights = weights

    def __missing__(self, key: tuple[int, float]) -> Component:
        stage, value = key
        weight = self._weights[stage]
        component = self[key] = Component(self._code, value, weight, weight * value)
        return component
