"""Pairs to learn from, drawn period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.evaluation.dataset import Floats, Integers
from matching.evaluation.features import FeatureBuilder, sample
from matching.evaluation.splitting import Window


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows to learn from.

    Attributes
    ----------
    names : list of str
    features : float array, shape (rows, features)
    chosen : int array, shape (rows,)
    groups : int array, shape (rows,)
        The need of each row.
    """

    names: list[str]
    features: Floats
    chosen: Integers
    groups: Integers

    def columns(self, wanted: Sequence[str]) -> Floats:
        """Return some of the features, in the order of their names."""
        places = [self.names.index(name) for name in wanted]
        return self.features[:, places]


def join(first: Sample, second: Sample) -> Sample:
    """Return the rows of both."""
    start = int(first.groups.max()) + 1
    return Sample(
        first.names,
        np.concatenate([first.features, second.features]),
        np.concatenate([first.chosen, second.chosen]),
        np.concatenate([first.groups, second.groups + start]),
    )


def draw_sample(
    builder: FeatureBuilder,
    windows: Sequence[Window],
    *,
    negatives: int,
    max_needs: int,
    rng: np.random.Generator,
) -> Sample:
    """Draw needs of the windows and negatives for each.

    Parameters
    ----------
    builder : FeatureBuilder
    windows : sequence of Window
    negatives : int
        Per need, uniformly among its candidates.
    max_needs : int
        If the windows hold more needs, that many are drawn.
    rng : Generator

    Raises
    ------
    ValueError
        Where no need of the windows has a financier among its candidates.
    """
    periods = [period for window in windows for period in builder.protocol.periods(window)]
    number = sum(len(period.cases) for period in periods)
    kept = np.zeros(number, dtype=bool)
    kept[rng.choice(number, size=min(number, max_needs), replace=False)] = True
    rows: list[Floats] = []
    chosen: list[Integers] = []
    groups: list[Integers] = []
    names: list[str] = []
    start = 0
    for period in periods:
        own = np.flatnonzero(kept[start : start + len(period.cases)])
        start += len(period.cases)
        if len(own) == 0:
            continue
        features = builder.period(period)
        names = features.names()
        for part, labels, _ in sample(features, own, negatives=negatives, rng=rng):
            rows.append(part.astype(np.float32))
            chosen.append(labels)
            groups.append(np.full(len(labels), len(groups), dtype=np.int64))
    if not rows:
        raise ValueError("训练窗口内没有可供学习的融资：没有一笔的出资方在此前出过资")
    return Sample(names, np.concatenate(rows), np.concatenate(chosen), np.concatenate(groups))
