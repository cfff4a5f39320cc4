"""Fits a ranking model to outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, reduce

import numpy as np
from threadpoolctl import threadpool_limits

from matching.ranking.learned.bands import Answered
from matching.ranking.learned.blending import Term, fit_terms
from matching.ranking.learned.calibrating import Lists, fit_chances
from matching.ranking.learned.chances import Curve, Standing
from matching.ranking.learned.checking import CleanHistory, clean, require_enough
from matching.ranking.learned.errors import TooFewOutcomesError
from matching.ranking.learned.folding import fold
from matching.ranking.learned.history import Facts
from matching.ranking.learned.model import LearnedModel, Squash
from matching.ranking.learned.records import Candidate, ModelCard, NeedFacts, Outcome
from matching.ranking.learned.sampling import Past, PeriodKind, Sample, Sampler
from matching.version import __version__

# Needs against whose margins others are measured.
_REFERENCE_NEEDS = 200
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
    most_needs : int
        Needs that weights are learned from; of more, so many are drawn. All make history.
    half_lives : tuple of float
        Of the decaying views of the past: later deals of anybody after which a deal has lost
        half its weight.
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
    period : {"month", "day"}
        How often the state is rebuilt that features come from.
    held_periods : int
        The last periods, on whose whole candidate lists chances are fitted with weights that
        have not seen them.
    held_needs : int
        The most needs of those periods that are looked at.
    min_chances : int
        Funded outcomes that a kind of product needs there for chances.
    """

    min_outcomes: int = 200
    min_funded: int = 50
    negatives: int = 25
    most_needs: int = 4000
    half_lives: tuple[float, ...] = (8000.0, 1200.0)
    declared_strength: float = 1.0
    no_answer_weight: float = 0.5
    most_drawn_weight: float = 5.0
    alpha: float = 1e-3
    warm_up: float = 0.2
    min_firms: int = 10
    period: PeriodKind = "month"
    held_periods: int = 3
    held_needs: int = 2000
    min_chances: int = 30


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
        Per need the products that the rules let through: those that were not shown serve as
        negatives, and chances are fitted on them all. A need that is not in it, and None,
        take all candidates.
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
            most_needs=config.most_needs,
            no_answer_weight=config.no_answer_weight,
            most_drawn_weight=config.most_drawn_weight,
            rng=np.random.default_rng(self._seed),
        )
        samples = list(sampler.samples())
        with threadpool_limits(limits=1):  # more threads would add in another order
            sample = reduce(Sample.join, (own for _, own in samples))
            terms = self._terms(sample)
            if not terms:
                text = "结果与需求、机构的已知情况看不出关联，训练不出模型；继续按规则排序"
                raise TooFewOutcomesError("nothing_learned", text, found=0, needed=1)
            model = self._folded(terms, sample, self._until)
            curves = self._curves(model, samples)
        return model.with_curves(curves)

    def _terms(self, sample: Sample) -> dict[str, Term]:
        return fit_terms(sample, self._past.names(), alpha=self._config.alpha, seed=self._seed)

    def _folded(self, terms: Mapping[str, Term], sample: Sample, day: date) -> LearnedModel:
        margins = np.zeros(len(sample.features))
        for column, name in zip(sample.features.T, self._past.names(), strict=True):
            if name in terms:
                margins += terms[name](column)
        low, centre, high = np.quantile(margins, (0.25, 0.5, 0.75))
        folded = fold(self._past, terms, day)
        return LearnedModel(
            card=self._card,
            institutions=self._past.institutions,
            numbering=self._past.numbering,
            history=folded.history,
            tables=folded.tables,
            squash=Squash(float(centre), float(max(high - low, 1e-6))),
            answered=self._answered,
            min_firms=self._config.min_firms,
        )

    def _curves(
        self, model: LearnedModel, samples: Sequence[tuple[date, Sample]]
    ) -> dict[str, Curve]:
        """Fit chances on the last periods, with weights learned from those before alone."""
        start = max(len(samples) - self._config.held_periods, 0)
        learned, held = samples[:start], samples[start:]
        if not learned or not held or not any(one.family for one in self._past.candidates):
            return {}
        sample = reduce(Sample.join, (own for _, own in learned))
        terms = self._terms(sample)
        if not terms:
            return {}
        found = Lists()
        needs = self._held_needs(held[0][0])
        for place, (first, _) in enumerate(held):
            last = held[place + 1][0] if place + 1 < len(held) else self._until
            earlier = self._folded(terms, sample, first)
            standings = self._standings(earlier, first)
            for need, financed in needs:
                if first <= need.on < last:
                    own = self._list_of(need)
                    funded = np.array([one.product in financed for one in own], dtype=bool)
                    margins = earlier.contributions(need, own).margins
                    found.add([one.family for one in own], margins, funded, standings)
        return fit_chances(
            found,
            standings=self._standings(model, self._until),
            least_funded=self._config.min_chances,
        )

    def _standings(self, model: LearnedModel, day: date) -> dict[str, Standing]:
        """Return where margins of each kind lie for the last needs before a day."""
        needs = dict.fromkeys(one.need for one in self._history.outcomes if one.need.on < day)
        last = list(needs)[-_REFERENCE_NEEDS:]
        kinds = np.array([one.family or "" for one in self._past.candidates])
        margins = np.stack(
            [model.contributions(one, self._past.candidates).margins for one in last]
        )
        return {
            kind: Standing.of(margins[:, kinds == kind])
            for kind in np.unique(kinds).tolist()
            if kind
        }

    def _held_needs(self, since: date) -> list[tuple[NeedFacts, set[str]]]:
        """Return needs with the products that financed them; of too many an even share."""
        needs: dict[NeedFacts, set[str]] = {}
        for outcome in self._history.outcomes:
            if outcome.need.on >= since:
                own = needs.setdefault(outcome.need, set())
                if outcome.result == "funded":
                    own.add(outcome.product)
        every = -(-len(needs) // self._config.held_needs)
        return list(needs.items())[:: max(every, 1)]

    def _list_of(self, need: NeedFacts) -> list[Candidate]:
        candidates, rows = self._past.candidates, self._past.row_of
        if need.code not in self._eligible:
            return list(candidates)
        own = set(self._eligible[need.code]) & rows.keys()
        return [candidates[rows[code]] for code in sorted(own)]

    @cached_property
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

    @cached_property
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
