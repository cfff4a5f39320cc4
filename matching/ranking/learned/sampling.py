"""The past as columns, and the pairs to learn from, rebuilt period by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from matching.ranking.learned.checking import CleanHistory
from matching.ranking.learned.declared import declared_by, declared_needs
from matching.ranking.learned.encoding import BLOCKS, Numbering
from matching.ranking.learned.errors import TooFewOutcomesError
from matching.ranking.learned.history import Deals, Floats, Integers
from matching.ranking.learned.pairs import PairViews
from matching.ranking.learned.records import NeedFacts, Outcome

PeriodKind = Literal["month", "day"]
PRIOR_STRENGTH: Final = 2.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows to learn from: pairs of a need and a product.

    Attributes
    ----------
    features : float array, shape (rows, features)
    places : float array, shape (rows,)
        The logarithm of the position at which the product was shown, less the mean of the
        period; 0 where it was not logged. It is no property of the pair.
    chosen : int array, shape (rows,)
    groups : int array, shape (rows,)
        The need of each row.
    weights : float array, shape (rows,)
    """

    features: Floats
    places: Floats
    chosen: Integers
    groups: Integers
    weights: Floats

    def join(self, other: Sample) -> Sample:
        """Return the rows of both; needs of the other are numbered on."""
        start = int(self.groups.max()) + 1
        return Sample(
            np.concatenate([self.features, other.features]),
            np.concatenate([self.places, other.places]),
            np.concatenate([self.chosen, other.chosen]),
            np.concatenate([self.groups, other.groups + start]),
            np.concatenate([self.weights, other.weights]),
        )


class Past:
    """A checked history as columns.

    Parameters
    ----------
    history : CleanHistory
    half_lives : sequence of float
        In deals; one decaying view of the past for each.
    declared_strength : float
        How many deals an institution's declared conditions stand for.
    """

    def __init__(
        self, history: CleanHistory, *, half_lives: Sequence[float], declared_strength: float
    ) -> None:
        self.history, self.candidates = history, history.candidates
        self.institutions = sorted({one.institution for one in history.candidates})
        unit = {code: number for number, code in enumerate(self.institutions)}
        self.unit_of = np.array([unit[one.institution] for one in self.candidates])
        self.row_of = {one.product: row for row, one in enumerate(self.candidates)}
        self._half_lives = tuple(half_lives)
        needs = [outcome.need for outcome in history.outcomes]
        needs += declared_needs(self.candidates)
        self.numbering = Numbering.of(needs, [one.family for one in self.candidates])
        funded = [one for one in history.outcomes if one.result == "funded"]
        self.deals = self._as_deals(funded, declared_strength)

    def views(self, day: int) -> PairViews:
        """Return how units stand to values, by what was known before a day."""
        return PairViews(
            self.deals,
            before=day,
            units=len(self.institutions) + 1,
            blocks=BLOCKS,
            half_lives=self._half_lives,
            prior_strength=PRIOR_STRENGTH,
        )

    def features(self, needs: Sequence[NeedFacts], rows: Sequence[int], day: int) -> Floats:
        """Return the features of pairs by what was known before a day."""
        units = self.unit_of[np.array(rows, dtype=np.int64)]
        facts = self.numbering.facts(needs, [self.candidates[row].family for row in rows])
        return self.views(day).features(facts, units)

    def names(self) -> list[str]:
        """Return the names of the features, in their order."""
        return self.views(0).names()

    def _as_deals(self, funded: Sequence[Outcome], declared_strength: float) -> Deals:
        """Return what was funded, and what is declared as deals of long ago."""
        rows = [self.row_of[one.product] for one in funded]
        declared = [declared_by(one) for one in self.candidates]
        needs = [one.need for one in funded] + [need for own in declared for need in own]
        families = [self.candidates[row].family for row in rows]
        units = [int(self.unit_of[row]) for row in rows]
        weights = [1.0] * len(rows)
        products = np.bincount(self.unit_of, minlength=len(self.institutions))
        for row, own in enumerate(declared):
            unit = int(self.unit_of[row])
            families += [self.candidates[row].family] * len(own)
            units += [unit] * len(own)
            share = declared_strength / float(products[unit])
            weights += [share / max(len(own), 1)] * len(own)
        days = [one.on.toordinal() for one in funded]
        days += [0] * (len(needs) - len(days))
        return Deals(
            np.array(units, dtype=np.int64),
            np.array(days, dtype=np.int64),
            np.array(weights),
            self.numbering.facts(needs, families),
        )


class Sampler:
    """Draws the pairs to learn from, each period's from the state before it.

    Parameters
    ----------
    past : Past
    eligible : mapping of str to sequence of str
        Per need the products that the rules let through; a need that is not in it takes all.
    period : {"month", "day"}
    warm_up : float
        Share of the outcomes that only make history before the first are learned from.
    negatives : int
        Candidates drawn uniformly per need among those that were not shown.
    most_needs : int
        Of more, so many are drawn; all of them make history.
    no_answer_weight : float
    most_drawn_weight : float
        What one that was drawn to be shown beside the ranking counts for at most.
    rng : Generator
    """

    def __init__(
        self,
        past: Past,
        eligible: Mapping[str, Sequence[str]],
        *,
        period: PeriodKind,
        warm_up: float,
        negatives: int,
        most_needs: int,
        no_answer_weight: float,
        most_drawn_weight: float,
        rng: np.random.Generator,
    ) -> None:
        self._past, self._eligible = past, eligible
        self._period, self._warm_up, self._most_needs = period, warm_up, most_needs
        self._negatives, self._no_answer_weight, self._rng = negatives, no_answer_weight, rng
        self._most_drawn_weight = most_drawn_weight

    def samples(self) -> Iterator[tuple[date, Sample]]:
        """Yield the first day of each period and its pairs; only periods with a choice.

        Raises
        ------
        TooFewOutcomesError
            Where there is none.
        """
        outcomes = self._past.history.outcomes
        start = self._first_day(outcomes[int(len(outcomes) * self._warm_up)].need.on)
        periods: dict[date, list[Outcome]] = {}
        for outcome in outcomes:
            first = self._first_day(outcome.need.on)
            if first > start:
                periods.setdefault(first, []).append(outcome)
        found = False
        for first, own in self._share_of(periods):
            if any(one.result == "funded" for one in own):
                found = True
                yield first, self._of_period(first, own)
        if not found:
            text = "结果都集中在最初一段时间，没有可供学习的后续月份；继续按规则排序"
            raise TooFewOutcomesError("no_period", text, found=0, needed=1)

    def _share_of(
        self, periods: Mapping[date, list[Outcome]]
    ) -> Iterator[tuple[date, list[Outcome]]]:
        """Yield periods in order; of too many needs an even draw over all of them."""
        ordered = sorted(periods.items())
        needs = list(dict.fromkeys(one.need for _, own in ordered for one in own))
        kept = set(needs)
        if len(needs) > self._most_needs:
            drawn = self._rng.choice(len(needs), size=self._most_needs, replace=False)
            kept = {needs[place] for place in drawn.tolist()}
        for first, own in ordered:
            yield first, [one for one in own if one.need in kept]

    def _first_day(self, day: date) -> date:
        return day.replace(day=1) if self._period == "month" else day

    def _of_period(self, first: date, outcomes: Sequence[Outcome]) -> Sample:
        row_of = self._past.row_of
        number = {need: place for place, need in enumerate(dict.fromkeys(o.need for o in outcomes))}
        shown: dict[NeedFacts, set[int]] = {need: set() for need in number}
        needs = [one.need for one in outcomes]
        rows = [row_of[one.product] for one in outcomes]
        chosen = [int(one.result == "funded") for one in outcomes]
        weights = [self._weight(one) for one in outcomes]
        places = [np.nan if one.position is None else np.log2(one.position) for one in outcomes]
        for need, row in zip(needs, rows, strict=True):
            shown[need].add(row)
        for need, own in shown.items():
            fresh = [row for row in self._drawn(need) if row not in own]
            needs += [need] * len(fresh)
            rows += fresh
            chosen += [0] * len(fresh)
            weights += [1.0] * len(fresh)
            places += [np.nan] * len(fresh)
        place = np.array(places)
        middle = np.nanmean(place) if np.isfinite(place).any() else 0.0
        return Sample(
            self._past.features(needs, rows, first.toordinal()),
            np.where(np.isnan(place), 0.0, place - middle),
            np.array(chosen, dtype=np.int64),
            np.array([number[need] for need in needs], dtype=np.int64),
            np.array(weights),
        )

    def _weight(self, outcome: Outcome) -> float:
        weight = self._no_answer_weight if outcome.result == "no_answer" else 1.0
        if outcome.propensity is None:
            return weight
        return weight * min(1.0 / outcome.propensity, self._most_drawn_weight)

    def _drawn(self, need: NeedFacts) -> list[int]:
        """Return rows of candidates drawn uniformly among those that the rules let through."""
        own = self._eligible.get(need.code)
        row_of = self._past.row_of
        pool = None if own is None else sorted(row_of[code] for code in set(own) & row_of.keys())
        size = len(self._past.candidates) if pool is None else len(pool)
        places = np.unique(self._rng.integers(max(size, 1), size=self._negatives))
        if pool is None:
            return [int(place) for place in places]
        return [pool[place] for place in places if place < size]
