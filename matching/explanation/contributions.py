"""Each component of a score with its value, weight and contribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matching.eligibility.outcomes import Rows
from matching.parameters import COMPONENTS
from matching.schema import Component
from matching.scoring.learned import LEARNED
from matching.scoring.weights import Scores, WeightModel

# Needs share most values; beyond this many of one component the remembered ones start anew.
_REMEMBERED: Final = 4096


class ScoreExplainer:
    """Builds the components of scores; most equal ones are one object, also across needs."""

    def __init__(self, weights: WeightModel) -> None:
        self._columns = [
            _Column(code, of_stage)
            for code, of_stage in zip(COMPONENTS, weights.weights.T.tolist(), strict=False)
        ]
        # The learned component comes last and weighs the same in every stage.
        has_learned = weights.weights.shape[1] > len(COMPONENTS)
        self._learned_weight = float(weights.weights[0, -1]) if has_learned else 0.0

    def explain(
        self,
        scores: Scores,
        positions: Rows,
        learned_parts: Sequence[tuple[tuple[str, float], ...]] = (),
    ) -> list[tuple[Component, ...]]:
        """Return the components of the pairs at some positions.

        The contributions of a pair, added from first to last, are its score. ``learned_parts``
        say per position what the learned component is made of, where a model is in use.
        """
        stages = scores.weighted_as[positions].tolist()
        values = scores.values[:, positions].tolist()
        columns = [
            list(map(column.__getitem__, zip(stages, own, strict=True)))
            for column, own in zip(self._columns, values, strict=False)
        ]
        if self._learned_weight:
            columns.append(
                [
                    self._learned(value, parts)
                    for value, parts in zip(values[-1], learned_parts, strict=True)
                ]
            )
        return list(zip(*columns, strict=True))

    def _learned(self, value: float, parts: tuple[tuple[str, float], ...]) -> Component:
        weight = self._learned_weight
        return Component(LEARNED, value, weight, weight * value, parts)


class _Column(dict[tuple[int, float], Component]):
    """One component by stage and value, made when first asked for."""

    def __init__(self, code: str, weights: Sequence[float]) -> None:
        super().__init__()
        self._code = code
        self._weights = weights

    def __missing__(self, key: tuple[int, float]) -> Component:
        if len(self) >= _REMEMBERED:
            self.clear()
        stage, value = key
        weight = self._weights[stage]
        component = self[key] = Component(self._code, value, weight, weight * value)
        return component
