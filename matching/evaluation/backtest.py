"""Runs methods over the test window and keeps what each need got."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matching.evaluation.dataset import Dataset, Floats, Integers
from matching.evaluation.features import FeatureBuilder, PeriodFeatures
from matching.evaluation.methods import Method, all_methods
from matching.evaluation.protocol import NeedCase, Period, Protocol
from matching.evaluation.splitting import PeriodKind, Split, Window
from matching.evaluation.training import Sample, draw_sample, join
from matching.metrics.calibration import (
    CalibrationMeasures,
    IsotonicCalibration,
    measure_calibration,
)
from matching.metrics.ranking import RankingMeasures, as_rows, measure, share_within

Flags = NDArray[np.bool_]

# Kinds of financiers by link: known while the methods learned, or met only later.
SEEN, UNSEEN = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationConfig:
    """How an evaluation is run. Every field changes results.

    Attributes
    ----------
    kind : {"month", "day"}
    min_deals : int
    drop_stages : frozenset of str
    max_needs : int or None
        If the validation or test window holds more needs, that many are drawn.
    seed : int
    methods : tuple of str or None
        None runs all.
    negatives : int
        Per training need.
    train_needs : int
        The most training needs that are learned from; from the validation window up to
        half of that before the test.
    """

    kind: PeriodKind = "month"
    min_deals: int = 1
    drop_stages: frozenset[str] = frozenset()
    max_needs: int | None = None
    seed: int = 0
    methods: tuple[str, ...] | None = None
    negatives: int = 30
    train_needs: int = 4000


@dataclass(slots=True)
class MethodRecord:
    """What one method reached, need by need.

    Attributes
    ----------
    measures : list of RankingMeasures
    links : list of (float, int)
        For each true financier whether it stood among the first 50, and its kind.
    reverse : list of RankingMeasures
        One per institution and period: its needs ranked for it.
    fit_seconds, score_seconds : float
        Of processor time.
    pairs : int
    calibration : CalibrationMeasures or None
    """

    measures: list[RankingMeasures] = field(default_factory=list)
    links: list[tuple[float, int]] = field(default_factory=list)
    reverse: list[RankingMeasures] = field(default_factory=list)
    fit_seconds: float = 0.0
    score_seconds: float = 0.0
    pairs: int = 0
    calibration: CalibrationMeasures | None = None

    def rows(self) -> Floats:
        """Return the measures, shape (needs, measures)."""
        return as_rows(self.measures)


@dataclass(frozen=True, slots=True)
class TestNeeds:
    """The needs that were ranked for, in order.

    Attributes
    ----------
    events : list of int
    known_firm : list of bool
    candidates : list of int
        How many each had.
    reachable, financiers : list of int
        True financiers among the candidates, and all.
    """

    events: list[int] = field(default_factory=list)
    known_firm: list[bool] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    reachable: list[int] = field(default_factory=list)
    financiers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of one evaluation."""

    dataset: Dataset
    split: Split
    config: EvaluationConfig
    needs: TestNeeds
    records: Mapping[str, MethodRecord]


def evaluate(dataset: Dataset, split: Split, config: EvaluationConfig) -> Evaluation:
    """Fit every method and measure it on the test window.

    Methods that learn are fitted to the training windows, calibrated on whole candidate
    lists of the validation window, and fitted again to both before the test.

    Raises
    ------
    ValueError
        With a text for people: an unknown method, a window without needs, a history with
        nothing to learn from.
    """
    protocol = Protocol(
        dataset, kind=config.kind, min_deals=config.min_deals, drop_stages=config.drop_stages
    )
    run = _Run(FeatureBuilder(dataset, protocol), split, config)
    with threadpool_limits(limits=1):  # more threads would add in another order
        return run.evaluation()


class _Run:
    def __init__(self, builder: FeatureBuilder, split: Split, config: EvaluationConfig) -> None:
        self._builder, self._split, self._config = builder, split, config
        available = all_methods(builder)
        usual = tuple(name for name, own in available.items() if not own.only_when_named)
        wanted = usual if config.methods is None else config.methods
        unknown = [name for name in wanted if name not in available]
        if unknown:
            known = "、".join(available)
            raise ValueError(f"不认识方法“{unknown[0]}”；可用的方法：{known}")
        self._methods = {name: available[name] for name in wanted}
        self._records = {name: MethodRecord() for name in wanted}
        self._test = self._periods(split.test, "测试")
        links = builder.dataset.link_days < split.test.start.toordinal()
        counts = np.bincount(
            builder.dataset.link_units[links], minlength=len(builder.dataset.units)
        )
        self._seen = counts > 0

    def evaluation(self) -> Evaluation:
        learning = {name: method for name, method in self._methods.items() if method.learns}
        if learning:
            train = self._sample(self._split.train, self._config.train_needs)
            self._fit(train, learning)
            calibrations = self._calibrations(learning)
            newest = self._sample((self._split.valid,), self._config.train_needs // 2)
            self._fit(join(train, newest), learning)
        else:
            calibrations = {}
        needs = TestNeeds()
        predicted: dict[str, list[Floats]] = {name: [] for name in calibrations}
        happened: list[Flags] = []
        for period in self._test:
            features = self._builder.period(period)
            lists = [period.list_of(case) for case in period.cases]
            self._note(needs, period, lists)
            happened += [
                np.isin(own, case.financiers) for own, case in zip(lists, period.cases, strict=True)
            ]
            for name, method in self._methods.items():
                shares = self._measure(name, method, features, lists)
                if name in predicted:
                    predicted[name] += [
                        calibrations[name](share).astype(np.float32) for share in shares
                    ]
        for name, parts in predicted.items():
            self._records[name].calibration = measure_calibration(
                np.concatenate(parts), np.concatenate(happened)
            )
        dataset = self._builder.dataset
        return Evaluation(dataset, self._split, self._config, needs, self._records)

    def _sample(self, windows: Sequence[Window], most: int) -> Sample:
        config = self._config
        return draw_sample(
            self._builder,
            windows,
            negatives=config.negatives,
            max_needs=most,
            rng=np.random.default_rng(config.seed),
        )

    def _fit(self, sample: Sample, methods: Mapping[str, Method]) -> None:
        for name, method in methods.items():
            started = time.process_time()
            method.fit(sample, self._config.seed)
            self._records[name].fit_seconds = time.process_time() - started

    def _calibrations(self, methods: Mapping[str, Method]) -> dict[str, IsotonicCalibration]:
        """Fit probabilities to whole candidate lists of the validation window."""
        shares: dict[str, list[Floats]] = {name: [] for name in methods}
        funded: list[Flags] = []
        for period in self._periods(self._split.valid, "验证"):
            features = self._builder.period(period)
            lists = [period.list_of(case) for case in period.cases]
            for own, case in zip(lists, period.cases, strict=True):
                funded.append(np.isin(own, case.financiers))
            for name, method in methods.items():
                for score, own in zip(method.scores(features), lists, strict=True):
                    shares[name].append(_log_share(score[own]))
        labels = np.concatenate(funded)
        if labels.all() or not labels.any():
            raise ValueError("验证窗口内没有可校准的融资：候选机构要么全部出资，要么无一出资")
        return {
            name: IsotonicCalibration(np.concatenate(own), labels) for name, own in shares.items()
        }

    def _measure(
        self, name: str, method: Method, features: PeriodFeatures, lists: Sequence[Integers]
    ) -> list[Floats]:
        """Measure a method on one period, and return the log-shares of each list."""
        record = self._records[name]
        started = time.process_time()
        scores = list(method.scores(features))
        record.score_seconds += time.process_time() - started
        shares = []
        for score, own, case in zip(scores, lists, features.period.cases, strict=True):
            candidates = score[own]
            record.pairs += len(own)
            reachable = np.flatnonzero(np.isin(own, case.financiers))
            record.measures.append(measure(candidates, reachable, len(case.financiers)))
            self._note_links(record, candidates, own, case)
            shares.append(_log_share(candidates))
        self._reverse(record, shares, lists, features.period)
        return shares

    def _note_links(
        self, record: MethodRecord, scores: Floats, own: Integers, case: NeedCase
    ) -> None:
        for unit in case.financiers.tolist():
            place = int(np.searchsorted(own, unit))
            is_candidate = place < len(own) and own[place] == unit
            found = share_within(scores, place, 50) if is_candidate else 0.0
            record.links.append((found, SEEN if self._seen[unit] else UNSEEN))

    def _reverse(
        self,
        record: MethodRecord,
        shares: Sequence[Floats],
        lists: Sequence[Integers],
        period: Period,
    ) -> None:
        """Rank the needs of the period for each institution that funded one of them.

        What is compared across needs is the share that the institution has of each need's
        list, since scores of two needs have no common zero.
        """
        wanted = np.unique(np.concatenate([case.financiers for case in period.cases]))
        for unit in wanted[period.candidates[wanted]].tolist():
            values: list[float] = []
            funded: list[int] = []
            for share, own, case in zip(shares, lists, period.cases, strict=True):
                place = int(np.searchsorted(own, unit))
                if place < len(own) and own[place] == unit:
                    if unit in case.financiers:
                        funded.append(len(values))
                    values.append(float(share[place]))
            if funded:
                record.reverse.append(measure(np.array(values), funded, len(funded)))

    def _note(self, needs: TestNeeds, period: Period, lists: Sequence[Integers]) -> None:
        for own, case in zip(lists, period.cases, strict=True):
            needs.events.append(case.event)
            needs.known_firm.append(case.known_firm)
            needs.candidates.append(len(own))
            needs.reachable.append(int(np.isin(case.financiers, own).sum()))
            needs.financiers.append(len(case.financiers))

    def _periods(self, window: Window, what: str) -> list[Period]:
        """Return the periods of a window, with no more needs than wanted."""
        periods = list(self._builder.protocol.periods(window))
        number = sum(len(period.cases) for period in periods)
        if number == 0:
            raise ValueError(f"{what}窗口 {window} 内没有带出资记录的融资")
        most = self._config.max_needs
        if most is None or number <= most:
            return periods
        rng = np.random.default_rng(self._config.seed)
        kept = np.zeros(number, dtype=bool)
        kept[rng.choice(number, size=most, replace=False)] = True
        drawn, start = [], 0
        for period in periods:
            own = kept[start : start + len(period.cases)]
            start += len(period.cases)
            cases = tuple(case for case, keep in zip(period.cases, own, strict=True) if keep)
            if cases:
                drawn.append(Period(period.before, cases, period.candidates))
        return drawn


def _log_share(scores: Floats) -> Floats:
    """Return the logarithm of each candidate's share of one list."""
    if len(scores) == 0:
        return scores
    top = scores.max()
    share: Floats = scores - top - np.log(np.exp(scores - top).sum())
    return share
