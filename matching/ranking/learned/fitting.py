"""Fits a ranking model to outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
from threadpoolctl import threadpool_limits

from matching.ranking.learned.bands import Answered
from matching.ranking.learned.checking import CleanHistory, clean, require_enough
from matching.ranking.learned.conditional import ConditionalLogit
from matching.ranking.learned.declared import declared_by, declared_needs
from matching.ranking.learned.encoding import BLOCKS, Numbering
from matching.ranking.learned.errors import TooFewOutcomesError
from matching.ranking.learned.history import Deals, Facts, Floats, Integers
from matching.ranking.learned.model import BlockTable, LearnedModel, Squash
from matching.ranking.learned.pairs import PairViews
from matching.ranking.learned.records import Candidate, ModelCard, NeedFacts, Outcome
from matching.ranking.learned.screening import TELLING, standard_scores
from matching.version import __version__

METHOD = "conditional_logit_on_tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedConfig:
    """How a model is fitted. Every field changes results.

    Attributes
    ----------
    min_outcomes, min_funded : int
        With fewer the history carries no model.
    negatives : int
        Candidates drawn uniformly per need among those that were not shown.
    half_life : float
        Of the second, decaying view of the past: later deals of anybody after which a deal
        has lost half its weight.
    prior_strength : float
        How many deals the base rate counts for.
    declared_strength : float
        How many deals an institution's declared conditions stand for.
    no_answer_weight : float
        What silence counts for as a refusal.
    most_drawn_weight : float
        What was drawn to be shown beside the ranking stands for all that could have been: it
        counts for one over its chance, at most for so much.
    alpha : float
        Penalty of the fit.
    warm_up : float
        Share of the outcomes that only make history before the first are learned from.
    min_firms : int
        Firms that a band needs.
    """

    min_outcomes: int = 200
    min_funded: int = 50
    negatives: int = 25
    half_life: float = 2000.0
    prior_strength: float = 2.0
    declared_strength: float = 1.0
    no_answer_weight: float = 0.5
    most_drawn_weight: float = 5.0
    alpha: float = 1e-3
    warm_up: float = 0.2
    min_firms: int = 10


def fit_model(
    outcomes: Iterable[Outcome],
    candidates: Iterable[Candidate],
    *,
    until: date,
    eligible: Mapping[str, Sequence[str]] | None = None,
    config: LearnedConfig | None = None,
    rng: int = 0,
) -> LearnedModel:
    """Fit a model to what was known before a day.

    The state of each month's needs is rebuilt from the deals strictly before that month, so
    no feature has seen the future.

    Parameters
    ----------
    outcomes : iterable of Outcome
        In any order. What was known on ``until`` or later is left out.
    candidates : iterable of Candidate
        Every product that outcomes name, and the others that could have been chosen.
    until : date
    eligible : mapping of str to sequence of str, or None
        Per need the products that the rules let through; those that were not shown serve as
        negatives. A need that is not in it, and None, take all candidates.
    config : LearnedConfig or None
    rng : int
        Seed of the draw of negatives; the same seed gives the same model.

    Raises
    ------
    InputError
        Where the history is faulty.
    TooFewOutcomesError
        Where it cannot carry a model: rank by rules.
    """
    config = config or LearnedConfig()
    history = clean(outcomes, candidates, until=until)
    require_enough(history, min_outcomes=config.min_outcomes, min_funded=config.min_funded)
    return _Fit(history, until, eligible or {}, config, rng).model()


@dataclass(frozen=True, slots=True)
class _Sample:
    """Rows to learn from: pairs of a need and a product."""

    features: Floats
    chosen: Integers
    groups: Integers
    weights: Floats


class _Fit:
    def __init__(
        self,
        history: CleanHistory,
        until: date,
        eligible: Mapping[str, Sequence[str]],
        config: LearnedConfig,
        rng: int,
    ) -> None:
        self._history, self._until, self._config = history, until, config
        self._seed = rng
        self._rng = np.random.default_rng(rng)
        self._candidates = history.candidates
        self._institutions = sorted({one.institution for one in history.candidates})
        unit = {code: number for number, code in enumerate(self._institutions)}
        self._unit_of = np.array([unit[one.institution] for one in self._candidates])
        self._row_of = {one.product: row for row, one in enumerate(self._candidates)}
        self._eligible = {
            need: np.array(sorted(self._row_of[code] for code in set(own) & self._row_of.keys()))
            for need, own in eligible.items()
        }
        needs = [outcome.need for outcome in history.outcomes]
        needs += declared_needs(self._candidates)
        self._numbering = Numbering.of(needs, [one.family for one in self._candidates])
        self._deals = self._as_deals()

    def model(self) -> LearnedModel:
        sample = self._sample()
        # The last feature is the position, which is no property of the pair.
        scores = standard_scores(sample.features[:, :-1], sample.chosen, sample.groups)
        kept = np.flatnonzero(scores > TELLING)
        if len(kept) == 0:
            text = "结果与需求、机构的已知情况看不出关联，训练不出模型；继续按规则排序"
            raise TooFewOutcomesError("nothing_learned", text, found=0, needed=1)
        estimator = ConditionalLogit(
            alpha=self._config.alpha, non_negative=np.r_[np.ones(len(kept), dtype=bool), False]
        )
        rows = np.column_stack([sample.features[:, kept], sample.features[:, -1]])
        with threadpool_limits(limits=1):  # more threads would add in another order
            estimator.fit(rows, sample.chosen, sample.groups, sample.weights)
        weights = np.zeros(len(scores))
        weights[kept] = estimator.coef_[:-1]
        return self._folded(weights, sample.features[:, :-1] @ weights)

    def _views(self, before: int) -> PairViews:
        return PairViews(
            self._deals,
            before=before,
            units=len(self._institutions) + 1,
            blocks=BLOCKS,
            half_lives=(self._config.half_life,),
            prior_strength=self._config.prior_strength,
        )

    def _as_deals(self) -> Deals:
        """Return what was funded, and what is declared as deals of long ago."""
        funded = [one for one in self._history.outcomes if one.result == "funded"]
        rows = [self._row_of[one.product] for one in funded]
        declared = [declared_by(one) for one in self._candidates]
        needs = [one.need for one in funded] + [need for own in declared for need in own]
        families = [self._candidates[row].family for row in rows]
        units = [int(self._unit_of[row]) for row in rows]
        weights = [1.0] * len(rows)
        products = np.bincount(self._unit_of, minlength=len(self._institutions))
        for row, own in enumerate(declared):
            unit = int(self._unit_of[row])
            families += [self._candidates[row].family] * len(own)
            units += [unit] * len(own)
            share = self._config.declared_strength / float(products[unit])
            weights += [share / max(len(own), 1)] * len(own)
        days = [one.on.toordinal() for one in funded]
        days += [0] * (len(needs) - len(days))
        return Deals(
            np.array(units, dtype=np.int64),
            np.array(days, dtype=np.int64),
            np.array(weights),
            self._numbering.facts(needs, families),
        )

    def _sample(self) -> _Sample:
        """Return the pairs to learn from, month by month."""
        outcomes = self._history.outcomes
        start = outcomes[int(len(outcomes) * self._config.warm_up)].need.on.replace(day=1)
        months: dict[date, list[Outcome]] = {}
        for outcome in outcomes:
            month = outcome.need.on.replace(day=1)
            if month > start:
                months.setdefault(month, []).append(outcome)
        parts = [self._month(month, own) for month, own in sorted(months.items())]
        parts = [part for part in parts if part.chosen.any()]
        if not parts:
            text = "结果都集中在最初一段时间，没有可供学习的后续月份；继续按规则排序"
            raise TooFewOutcomesError("no_period", text, found=0, needed=1)
        firsts = np.cumsum([0, *(int(part.groups.max()) + 1 for part in parts[:-1])])
        groups = [part.groups + first for part, first in zip(parts, firsts, strict=True)]
        return _Sample(
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.chosen for part in parts]),
            np.concatenate(groups),
            np.concatenate([part.weights for part in parts]),
        )

    def _month(self, month: date, outcomes: Sequence[Outcome]) -> _Sample:
        needs: list[NeedFacts] = []
        rows: list[int] = []
        chosen: list[int] = []
        weights: list[float] = []
        positions: list[float] = []
        number = {need: place for place, need in enumerate(dict.fromkeys(o.need for o in outcomes))}
        shown: dict[NeedFacts, set[int]] = {need: set() for need in number}
        for outcome in outcomes:
            row = self._row_of[outcome.product]
            shown[outcome.need].add(row)
            needs.append(outcome.need)
            rows.append(row)
            chosen.append(outcome.result == "funded")
            weights.append(self._weight(outcome))
            positions.append(np.nan if outcome.position is None else np.log2(outcome.position))
        for need, own in shown.items():
            fresh = [row for row in self._drawn(need) if row not in own]
            needs += [need] * len(fresh)
            rows += fresh
            chosen += [0] * len(fresh)
            weights += [1.0] * len(fresh)
            positions += [np.nan] * len(fresh)
        families = [self._candidates[row].family for row in rows]
        facts = self._numbering.facts(needs, families)
        views = self._views(month.toordinal())
        features = views.features(facts, self._unit_of[np.array(rows)])
        place = np.array(positions)
        middle = np.nanmean(place) if np.isfinite(place).any() else 0.0
        place = np.where(np.isnan(place), 0.0, place - middle)
        return _Sample(
            np.column_stack([features, place]),
            np.array(chosen, dtype=np.int64),
            np.array([number[need] for need in needs], dtype=np.int64),
            np.array(weights),
        )

    def _weight(self, outcome: Outcome) -> float:
        weight = self._config.no_answer_weight if outcome.result == "no_answer" else 1.0
        if outcome.propensity is None:
            return weight
        return weight * min(1.0 / outcome.propensity, self._config.most_drawn_weight)

    def _drawn(self, need: NeedFacts) -> list[int]:
        """Return rows of candidates drawn uniformly among those that the rules let through."""
        pool = self._eligible.get(need.code)
        size = len(self._candidates) if pool is None else len(pool)
        places = np.unique(self._rng.integers(max(size, 1), size=self._config.negatives))
        if pool is None:
            return [int(place) for place in places]
        return [int(pool[place]) for place in places if place < size]

    def _folded(self, weights: Floats, margins: Floats) -> LearnedModel:
        """Turn weights into tables on the state of the last day."""
        views = self._views(self._until.toordinal())
        units = views.unit_features()
        first = units.shape[1]
        history = units @ weights[:first]
        tables = []
        for block in BLOCKS:
            codes = self._deals.facts.codes(block)
            values = np.unique(codes[codes >= 0])
            unseen = values[-1:] + 1 if len(values) else np.zeros(1, dtype=np.int64)
            table = views.table(block, np.r_[values, unseen])
            own = weights[first : first + len(table)]
            first += len(table)
            folded = np.tensordot(own, table, axes=1)
            tables.append(BlockTable(block, values, np.vstack([folded, folded.min(axis=0)])))
        low, centre, high = np.quantile(margins, (0.25, 0.5, 0.75))
        return LearnedModel(
            card=self._card(),
            institutions=self._institutions,
            numbering=self._numbering,
            history=history,
            tables=tables,
            squash=Squash(float(centre), float(max(high - low, 1e-6))),
            answered=self._answered(),
            min_firms=self._config.min_firms,
        )

    def _answered(self) -> Answered:
        answers = [one for one in self._history.outcomes if one.result != "no_answer"]
        rows = [self._row_of[one.product] for one in answers]
        firm = {code: n for n, code in enumerate(sorted({one.need.firm for one in answers}))}
        facts: Facts = self._numbering.facts(
            [one.need for one in answers], [self._candidates[row].family for row in rows]
        )
        return Answered(
            self._unit_of[np.array(rows, dtype=np.int64)],
            np.array([firm[one.need.firm] for one in answers], dtype=np.int64),
            np.array([one.result == "funded" for one in answers], dtype=np.int64),
            facts,
        )

    def _fingerprint(self) -> str:
        if not self._eligible:
            return self._history.fingerprint
        digest = hashlib.sha256(self._history.fingerprint.encode())
        for need, rows in sorted(self._eligible.items()):
            digest.update(repr((need, rows.tolist())).encode())
        return digest.hexdigest()

    def _card(self) -> ModelCard:
        outcomes = self._history.outcomes
        return ModelCard(
            library=__version__,
            method=METHOD,
            until=self._until,
            data_fingerprint=self._fingerprint(),
            outcomes=len(outcomes),
            funded=sum(one.result == "funded" for one in outcomes),
            institutions=len(self._institutions),
            parameters={**asdict(self._config), "rng": self._seed},
            metrics={},
            notes=self._history.notes,
        )
