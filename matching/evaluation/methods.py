"""The methods that are compared: popularity, lifts, and what learns from pairs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from matching.evaluation.columns import AMOUNT
from matching.evaluation.dataset import Floats, Integers
from matching.evaluation.features import (
    FeatureBuilder,
    PeriodFeatures,
    Term,
    Terms,
    uses_amount,
    uses_text,
)
from matching.evaluation.training import Sample
from matching.ranking.learned.additive import AdditiveBoosting
from matching.ranking.learned.baselines import (
    NaiveBayesLifts,
    PopularityClassifier,
    SegmentPopularityClassifier,
)
from matching.ranking.learned.conditional import ConditionalLogit
from matching.ranking.learned.contextual import ContextualLogit
from matching.ranking.learned.screening import TELLING, standard_scores

_HALF_LIFE_DAYS: Final = 365.0
_LIFT_CRITERIA: Final = ("stage", "sector1", "region", AMOUNT)
_LEAST: Final = -30.0  # the score of who has no deal, and is no candidate


class Method(ABC):
    """One way to rank.

    Attributes
    ----------
    name : str
    learns : bool
        Whether it is fitted to pairs of the training windows.
    uses_amount : bool
        Whether it reads the amount of a need.
    only_when_named : bool
        Whether it takes so long that it runs only when it is asked for.
    """

    name: str
    learns = False
    uses_amount = False
    only_when_named = False

    def fit(self, sample: Sample, seed: int) -> None:
        """Learn from pairs; the baselines need none."""
        del sample, seed

    @abstractmethod
    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the scores of all units, in logarithms, for each need of a period."""


class Popularity(Method):
    """Number of deals, overall or with a half-life of a year."""

    def __init__(self, name: str, builder: FeatureBuilder, *, half_life: float | None) -> None:
        self.name = name
        self._builder = builder
        self._half_life = half_life

    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the same scores for every need."""
        dataset, before = self._builder.dataset, features.period.before
        links = np.flatnonzero(dataset.link_days < before)
        # The day before the period is the present of every deal.
        days = np.r_[dataset.link_days[links], before].astype(float)[:, np.newaxis]
        units = np.r_[dataset.link_units[links], len(dataset.units)]
        model = PopularityClassifier(half_life=self._half_life, smoothing=1e-6).fit(days, units)
        scores = _over_units(model.class_scores(days[:1]), model.classes_, len(dataset.units))[0]
        for _ in features.period.cases:
            yield scores


class SegmentPopularity(Method):
    """Number of deals in the region of the need."""

    def __init__(self, builder: FeatureBuilder, segment: str) -> None:
        self.name = "popularity_segment"
        self._builder = builder
        self._segment = segment

    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the scores of each need."""
        model = SegmentPopularityClassifier()
        yield from _class_scores(self._builder, features, model, (self._segment,))


class Lifts(Method):
    """Naive-Bayes lifts on stage, sector, region and amount, and the prior."""

    def __init__(self, name: str, builder: FeatureBuilder, *, uses_amount: bool) -> None:
        self.name = name
        self.uses_amount = uses_amount
        self._builder = builder
        self._criteria = [
            criterion
            for criterion in _LIFT_CRITERIA
            if criterion in builder.columns.facts.values and (uses_amount or criterion != AMOUNT)
        ]

    @property
    def has_criteria(self) -> bool:
        """Whether the set says anything that it could be counted by."""
        return bool(self._criteria)

    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the scores of each need."""
        yield from _class_scores(self._builder, features, NaiveBayesLifts(), self._criteria)


class PairMethod(Method):
    """What is fitted to pairs and folds into one function per feature."""

    learns = True

    def __init__(
        self,
        name: str,
        fit: Callable[[Sample, Sequence[str], int], Terms],
        *,
        uses_amount: bool = True,
        uses_text: bool = True,
    ) -> None:
        self.name = name
        self.uses_amount = uses_amount
        self._uses_text = uses_text
        self._fit = fit
        self._terms: Terms | None = None

    def fit(self, sample: Sample, seed: int) -> None:
        """Fit, and fold."""
        names = [
            name
            for name in telling(sample.plain())
            if (self.uses_amount or not uses_amount(name))
            and (self._uses_text or not uses_text(name))
        ]
        self._terms = self._fit(sample, names, seed) if names else {}

    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the scores of each need."""
        if self._terms is None:
            raise ValueError(f"{self.name} has not been fitted")
        yield from features.scores(self._terms)

    def parts(self, features: PeriodFeatures, number: int) -> dict[str, Floats]:
        """Return what each part of the explanation adds to the scores of one need.

        The parts add up to the scores.
        """
        if self._terms is None:
            raise ValueError(f"{self.name} has not been fitted")
        return features.parts(self._terms, number, part_of)


def fit_logistic(sample: Sample, names: Sequence[str], seed: int) -> Terms:
    """Fit scikit-learn's logistic regression on standardised features."""
    weights = _logistic_weights(sample.plain(), names, seed)
    return {name: _Line(weight) for name, weight in weights.items()}


def fit_boosting(sample: Sample, names: Sequence[str], seed: int) -> Terms:
    """Fit boosting without interactions, monotone where more can only speak for a unit."""
    model = AdditiveBoosting(monotonic_cst=[_sign(name) for name in names], random_state=seed)
    plain = sample.plain()
    model.fit(plain.columns(names), plain.chosen)
    return {name: _Step(model, place) for place, name in enumerate(names)}


def fit_learned(sample: Sample, names: Sequence[str], seed: int) -> Terms:
    """Fit what tells the likely ones apart and what tells them from all others.

    The first is a conditional logit over whole lists, whose weights hang on whether the firm
    has financiers and on how much the unit has done. The second is the mean of logistic
    regression and of a conditional logit with steps, on negatives drawn uniformly. Both are
    sums over single features, and so is their mean.
    """
    broad = _fit_broad(sample.plain(), names, seed)
    model = ContextualLogit()
    model.fit(
        sample.columns(names),
        sample.chosen,
        sample.groups,
        contexts=sample.contexts,
        sample_weight=sample.weights,
    )
    return {name: _Mean(broad[name], model, place) for place, name in enumerate(names)}


def _fit_broad(sample: Sample, names: Sequence[str], seed: int) -> Terms:
    """Fit a conditional logit on features and on what additive boosting makes of each part.

    The steps bend what the weights leave straight; the conditional likelihood then decides
    how much of each part counts within one need. The answer is the mean of that and of
    logistic regression.
    """
    boosted = fit_boosting(sample, names, seed)
    columns = sample.columns(names).astype(np.float64)
    parts = sorted({part_of(name) for name in names})
    bent = np.zeros((len(columns), len(parts)))
    for column, name in zip(columns.T, names, strict=True):
        bent[:, parts.index(part_of(name))] += boosted[name](column, sample.contexts.T)
    model = ConditionalLogit(
        alpha=3e-3,
        non_negative=[_sign(name) > 0 for name in names] + [True] * len(parts),
    )
    model.fit(np.column_stack([columns, bent]), sample.chosen, sample.groups)
    conditional = dict(zip(names, model.coef_[: len(names)].tolist(), strict=True))
    share = dict(zip(parts, model.coef_[len(names) :].tolist(), strict=True))
    logistic = _logistic_weights(sample, names, seed)
    return {
        name: _Bent(
            boosted[name],
            (conditional[name] + logistic[name]) / 2,
            share[part_of(name)] / 2,
        )
        for name in names
    }


def telling(sample: Sample) -> list[str]:
    """Return the names of the features that the sample shows to tell, in their direction."""
    scores = standard_scores(sample.features, sample.chosen, sample.groups)
    return [
        name
        for name, score in zip(sample.names, scores.tolist(), strict=True)
        if _sign(name) * score > TELLING
    ]


def part_of(name: str) -> str:
    """Return the part of the explanation that a feature belongs to."""
    return name.split(".", 1)[0]


def all_methods(builder: FeatureBuilder) -> dict[str, Method]:
    """Return every method by its name, baselines first."""
    methods: list[Method] = [
        Popularity("popularity", builder, half_life=None),
        Popularity("popularity_recent", builder, half_life=_HALF_LIFE_DAYS),
    ]
    if "region" in builder.columns.facts.values:
        methods.append(SegmentPopularity(builder, "region"))
    fits: Mapping[str, Callable[[Sample, Sequence[str], int], Terms]] = {
        "logistic": fit_logistic,
        "boosting": fit_boosting,
        "learned": fit_learned,
    }
    for suffix, with_amount in (("", True), ("_no_amount", False)):
        lifts = Lifts(f"naive_bayes{suffix}", builder, uses_amount=with_amount)
        if lifts.has_criteria:
            methods.append(lifts)
        methods += [
            PairMethod(f"{name}{suffix}", fit, uses_amount=with_amount)
            for name, fit in fits.items()
        ]
    methods.append(PairMethod("learned_no_text", fit_learned, uses_text=False))
    from matching.evaluation.platform import Platform  # noqa: PLC0415 - made of these

    methods.append(Platform(builder))
    return {method.name: method for method in methods}


def _sign(name: str) -> int:
    """Return 1 where more deals of a kind raise a feature, -1 for distances."""
    return -1 if name in {"amount.gap", "amount.deviations"} else 1


class _Step:
    """The step function of one feature."""

    def __init__(self, model: AdditiveBoosting, feature: int) -> None:
        self._model, self._feature = model, feature

    def __call__(self, values: Floats, contexts: Floats) -> Floats:
        del contexts
        return self._model.part(self._feature, values)


class _Bent:
    """A line and a step function added up."""

    def __init__(self, step: Term, slope: float, share: float) -> None:
        self._step, self._slope, self._share = step, slope, share

    def __call__(self, values: Floats, contexts: Floats) -> Floats:
        straight: Floats = self._slope * values
        return straight + self._share * self._step(values, contexts) if self._share else straight


class _Mean:
    """The mean of a term and of what a feature adds in its contexts."""

    def __init__(self, first: Term, model: ContextualLogit, feature: int) -> None:
        self._first, self._model, self._feature = first, model, feature

    def __call__(self, values: Floats, contexts: Floats) -> Floats:
        second = self._model.part(self._feature, values, contexts)
        mean: Floats = (self._first(values, contexts) + second) / 2
        return mean


def _logistic_weights(sample: Sample, names: Sequence[str], seed: int) -> dict[str, float]:
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.1, max_iter=200, random_state=seed)
    )
    model.fit(sample.columns(names), sample.chosen)
    weights = model[-1].coef_[0] / model[0].scale_
    return dict(zip(names, weights.tolist(), strict=True))


class _Line:
    def __init__(self, weight: float) -> None:
        self._weight = weight

    def __call__(self, values: Floats, contexts: Floats) -> Floats:
        del contexts
        scaled: Floats = self._weight * values
        return scaled


def _class_scores(
    builder: FeatureBuilder,
    features: PeriodFeatures,
    model: SegmentPopularityClassifier | NaiveBayesLifts,
    criteria: Sequence[str],
) -> Iterator[Floats]:
    dataset, period = builder.dataset, features.period
    links = np.flatnonzero(dataset.link_days < period.before)
    facts = builder.columns.facts.values
    events = dataset.link_events[links]
    if len(criteria) == 0 or len(links) == 0:
        raise ValueError(f"{type(model).__name__} needs a criterion and an earlier deal")
    model.fit(
        np.column_stack([facts[name][events] for name in criteria]), dataset.link_units[links]
    )
    needs = np.column_stack([features.needs[name] for name in criteria])
    yield from _over_units(model.class_scores(needs), model.classes_, len(dataset.units))


def _over_units(scores: Floats, classes: Integers, units: int) -> Floats:
    """Return scores of classes as scores of units; a class beyond the units is left out."""
    whole = np.full((len(scores), units), _LEAST)
    known = classes < units
    whole[:, classes[known]] = scores[:, known]
    return whole
