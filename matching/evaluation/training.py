"""Pairs to learn from, drawn period by period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.dataset import Floats, Integers
from matching.evaluation.features import FeatureBuilder, PeriodFeatures
from matching.evaluation.splitting import Window

Flags = NDArray[np.bool_]


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
    contexts : float array, shape (rows, contexts)
    weights : float array, shape (rows,)
        How many candidates of the need a rejected row stands for; 1 for a chosen one.
    is_uniform : bool array, shape (rows,)
        Chosen, or drawn uniformly among the rejected; the others are there because they are
        likely. Without those, and without weights, it is a plain sample.
    """

    names: list[str]
    features: Floats
    chosen: Integers
    groups: Integers
    contexts: Floats
    weights: Floats
    is_uniform: Flags

    def columns(self, wanted: Sequence[str]) -> Floats:
        """Return some of the features, in the order of their names."""
        places = [self.names.index(name) for name in wanted]
        return self.features[:, places]

    def plain(self) -> Sample:
        """Return the chosen rows and those drawn uniformly."""
        rows = np.flatnonzero(self.is_uniform)
        return Sample(
            self.names,
            self.features[rows],
            self.chosen[rows],
            self.groups[rows],
            self.contexts[rows],
            np.ones(len(rows)),
            self.is_uniform[rows],
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The rows of one need, as in :class:`Sample`."""

    features: Floats
    chosen: Integers
    contexts: Floats
    weights: Floats
    is_uniform: Flags


def join(first: Sample, second: Sample) -> Sample:
    """Return the rows of both."""
    start = int(first.groups.max()) + 1
    return Sample(
        first.names,
        np.concatenate([first.features, second.features]),
        np.concatenate([first.chosen, second.chosen]),
        np.concatenate([first.groups, second.groups + start]),
        np.concatenate([first.contexts, second.contexts]),
        np.concatenate([first.weights, second.weights]),
        np.concatenate([first.is_uniform, second.is_uniform]),
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
    drawn: list[_Drawn] = []
    names: list[str] = []
    start = 0
    for period in periods:
        own = np.flatnonzero(kept[start : start + len(period.cases)])
        start += len(period.cases)
        if len(own) == 0:
            continue
        features = builder.period(period)
        names = features.names()
        drawn += _draw(features, own, negatives=negatives, rng=rng)
    if not drawn:
        raise ValueError("训练窗口内没有可供学习的融资：没有一笔的出资方在此前出过资")
    return Sample(
        names,
        np.concatenate([one.features for one in drawn]),
        np.concatenate([one.chosen for one in drawn]),
        np.repeat(np.arange(len(drawn)), [len(one.chosen) for one in drawn]),
        np.concatenate([one.contexts for one in drawn]),
        np.concatenate([one.weights for one in drawn]),
        np.concatenate([one.is_uniform for one in drawn]),
    )


def _draw(
    features: PeriodFeatures, case_numbers: Integers, *, negatives: int, rng: np.random.Generator
) -> Iterator[_Drawn]:
    """Yield the rows of each need whose financiers are among its candidates.

    Negatives are drawn uniformly among the candidates that did not fund: drawing them by
    popularity would teach that the popular ones do not fund. The likely ones are added whole,
    and each of the others that were drawn stands for its share of the rest, so that sums over
    the weighted rows are, on average, those over the whole list.
    """
    for number in case_numbers.tolist():
        case = features.period.cases[number]
        candidates = features.period.list_of(case)
        has_funded = np.isin(candidates, case.financiers)
        funded, rest = candidates[has_funded], candidates[~has_funded]
        if len(funded) == 0:
            continue
        others = np.sort(rng.choice(rest, size=min(negatives, len(rest)), replace=False))
        likely = features.likely(number, rest)
        units = np.r_[funded, others, np.setdiff1d(likely, others)]
        place = np.arange(len(units))
        stands_in = np.isin(units, likely, invert=True) & (place >= len(funded))
        for_each = (len(rest) - len(likely)) / max(int(stands_in.sum()), 1)
        contexts = features.contexts(features.has_financiers(number))
        yield _Drawn(
            features.rows(number, units).astype(np.float32),
            (place < len(funded)).astype(np.int64),
            contexts[:, units].T.astype(np.float32),
            np.where(stands_in, for_each, 1.0),
            place < len(funded) + len(others),
        )
