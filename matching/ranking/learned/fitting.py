"""Fits a ranking model to outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import reduce

import numpy as np
from threadpoolctl import threadpool_limits

from matching.ranking.learned.bands import Answered
from matching.ranking.learned.blending import fit_terms
from matching.ranking.learned.checking import CleanHistory, clean, require_enough
from matching.ranking.learned.errors import TooFewOutcomesError
from matching.ranking.learned.folding import fold
from matching.ranking.learned.history import Facts
from matching.ranking.learned.model import LearnedModel, Squash
from matching.ranking.learned.records import Candidate, ModelCard, Outcome
from matching.ranking.learned.sampling import Past, PeriodKind, Sample, Sampler
from matching.version import __version__

METHOD = "conditional_and_logistic_steps_on_tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedConfig:
    """How a model is fitted. Every field changes results.

    Attributes
    ----------
    min_outcomes, min_funded : int
        With fewer the history carries no model.
    negatives : int
        Candidates drawn uniformly per need among those that were not shown.
    half_lives : tuple of float
        Of the decaying views of the past: later deals of anybody after which a deal has lost
        half its weight.
    declared_strength : float
        How many deals an institution's declared conditions stand for.
    no_answer_weight : float
        What silence counts for as a refusal.
    alpha : float
        Penalty of the fit.
    warm_up : float
        Share of the outcomes that only make history before the first are learned from.
    min_firms : int
        Firms that a band needs.
    period : {"month", "day"}
        How often the state is rebuilt that features come from.
    """

    min_outcomes: int = 200
    min_funded: int = 50
    negatives: int = 25
    half_lives: tuple[float, ...] = (8000.0, 1200.0)
    declared_strength: float = 1.0
    no_answer_weight: float = 0.5
    alpha: float = 1e-3
    warm_up: float = 0.2
    min_firms: int = 10
    period: PeriodKind = "month"


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
        self._eligible, self._seed = eligible, rng
        self._past = Past(
            history, half_lives=config.half_lives, declared_strength=config.declared_strength
        )

    def model(self) -> LearnedModel:
        config = self._config
        sampler = Sampler(
            self._past,
            self._eligible,
            period=config.period,
            warm_up=config.warm_up,
            negatives=config.negatives,
            no_answer_weight=config.no_answer_weight,
            rng=np.random.default_rng(self._seed),
        )
        sample = reduce(Sample.join, (own for _, own in sampler.samples()))
        names = self._past.names()
        with threadpool_limits(limits=1):  # more threads would add in another order
            terms = fit_terms(sample, names, alpha=config.alpha, seed=self._seed)
        if not terms:
            text = "结果与需求、机构的已知情况看不出关联，训练不出模型；继续按规则排序"
            raise TooFewOutcomesError("nothing_learned", text, found=0, needed=1)
        margins = np.zeros(len(sample.features))
        for column, name in zip(sample.features.T, names, strict=True):
            if name in terms:
                margins += terms[name](column)
        folded = fold(self._past, terms, self._until)
        low, centre, high = np.quantile(margins, (0.25, 0.5, 0.75))
        return LearnedModel(
            card=self._card(),
            institutions=self._past.institutions,
            numbering=self._past.numbering,
            history=folded.history,
            tables=folded.tables,
            ties=folded.ties,
            squash=Squash(float(centre), float(max(high - low, 1e-6))),
            answered=self._answered(),
            min_firms=config.min_firms,
        )

    def _answered(self) -> Answered:
        answers = [one for one in self._history.outcomes if one.result != "no_answer"]
        rows = [self._past.row_of[one.product] for one in answers]
        firm = {code: n for n, code in enumerate(sorted({one.need.firm for one in answers}))}
        facts: Facts = self._past.numbering.facts(
            [one.need for one in answers], [self._past.candidates[row].family for row in rows]
        )
        return Answered(
            self._past.unit_of[np.array(rows, dtype=np.int64)],
            np.array([firm[one.need.firm] for one in answers], dtype=np.int64),
            np.array([one.result == "funded" for one in answers], dtype=np.int64),
            facts,
        )

    def _fingerprint(self) -> str:
        if not self._eligible:
            return self._history.fingerprint
        digest = hashlib.sha256(self._history.fingerprint.encode())
        for need, own in sorted(self._eligible.items()):
            rows = sorted(self._past.row_of[code] for code in set(own) & self._past.row_of.keys())
            digest.update(repr((need, rows)).encode())
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
            institutions=len(self._past.institutions),
            parameters={**asdict(self._config), "rng": self._seed},
            metrics={},
            notes=self._history.notes,
        )
