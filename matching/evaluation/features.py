"""Features of every pair of a need and a candidate, from the state before the period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from matching.evaluation.columns import AMOUNT, Columns, build_columns, new_deals
from matching.evaluation.dataset import Dataset, Floats, Integers
from matching.evaluation.protocol import NeedCase, Period, Protocol
from matching.ranking.learned.history import Block, State
from matching.ranking.learned.likeness import RELATIONS, LikeDeals, Relations, UsualAmounts
from matching.ranking.learned.pairs import PairViews
from matching.ranking.learned.words import Words

# In deals of anybody: about a year and about two months of the larger open set.
HALF_LIVES: Final = (8000.0, 1200.0)
_LIKENESS_HALF_LIFE: Final = 8000.0
_PRIOR_STRENGTH: Final = 2.0

# One function per feature; a pair's score is their sum.
Terms = Mapping[str, Callable[[Floats], Floats]]


class FeatureBuilder:
    """Builds the features of periods of one history.

    Parameters
    ----------
    dataset : Dataset
    protocol : Protocol
    """

    def __init__(self, dataset: Dataset, protocol: Protocol) -> None:
        self.dataset, self.protocol = dataset, protocol
        self.columns: Columns = build_columns(dataset)
        self._deals = new_deals(dataset, protocol, self.columns)
        self._deal_amounts = dataset.amounts[dataset.link_events[protocol.is_new]]
        self._words = Words(dataset.unit_names, dataset.declared)

    def period(self, period: Period) -> PeriodFeatures:
        """Return the features of a period; only what lies before it is read."""
        dataset = self.dataset
        units = len(dataset.units)
        known = self._deals.before(period.before)
        amounts = self._deal_amounts[self._deals.days < period.before]
        links = np.flatnonzero(dataset.link_days < period.before)
        return PeriodFeatures(
            period=period,
            views=PairViews(
                known,
                before=period.before,
                units=units,
                blocks=self.columns.blocks,
                half_lives=HALF_LIVES,
                prior_strength=_PRIOR_STRENGTH,
            ),
            words=self._words,
            state=State(known, units=units),
            needs=self.columns.of_needs(dataset, period).values,
            codes={
                block.code: self.columns.of_needs(dataset, period).codes(block)
                for block in self.columns.blocks
            },
            amounts=dataset.amounts[[case.event for case in period.cases]],
            like=LikeDeals(known, amounts, units=units, half_life=_LIKENESS_HALF_LIFE),
            relations=Relations(
                dataset.firms[dataset.link_events[links]],
                dataset.link_units[links],
                dataset.link_days[links],
                count=units,
            ),
            usual=UsualAmounts(known.units, amounts, count=units),
        )


def uses_amount(name: str) -> bool:
    """Return whether a feature reads the amount of the need."""
    return AMOUNT in name.split(".", 1)[0].split("_")


@dataclass(frozen=True)
class PeriodFeatures:
    """The features of the needs of one period.

    Features of a unit, or of a unit and a value, are tables; the others are one vector per
    need. A score that is a sum of functions of single features costs a few additions per pair.
    """

    period: Period
    views: PairViews
    words: Words
    state: State
    needs: Mapping[str, Integers]
    codes: Mapping[str, Integers]
    amounts: Floats
    like: LikeDeals
    relations: Relations
    usual: UsualAmounts
    _tables: dict[str, tuple[Integers, Floats]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Return the names of all features, in the order of ``rows``."""
        names = [f"history.{number}" for number in range(1 + len(HALF_LIVES))]
        for block in self.views.blocks:
            names += self._block_names(block)
        return names + self._vector_names()

    def rows(self, number: int, units: Integers) -> Floats:
        """Return the features of one need and some units, shape (units, features)."""
        parts = [self.views.unit_features()[units].T]
        for block in self.views.blocks:
            values, table = self._table(block)
            code = self.codes[block.code][number]
            if code < 0:
                parts.append(np.zeros((len(table), len(units))))
            else:
                parts.append(table[:, np.searchsorted(values, code)][:, units])
        parts.append(self._vectors(number)[:, units])
        return np.concatenate(parts).T

    def scores(self, terms: Terms) -> Iterator[Floats]:
        """Yield the scores of all units for each need; a sum of one term per feature."""
        constant = _added(
            terms,
            [f"history.{n}" for n in range(1 + len(HALF_LIVES))],
            self.views.unit_features().T,
        )
        tables = []
        for block in self.views.blocks:
            values, table = self._table(block)
            tables.append((block, values, _added(terms, self._block_names(block), table)))
        names = self._vector_names()
        for number in range(len(self.period.cases)):
            score = constant.copy()
            for block, values, table in tables:
                code = self.codes[block.code][number]
                if code >= 0 and np.ndim(table):
                    score += table[np.searchsorted(values, code)]
            if terms.keys() & set(names):
                score += _added(terms, names, self._vectors(number))
            yield score

    def _block_names(self, block: Block) -> list[str]:
        names = self.views.block_names(block)
        return names if block.is_cross else [*names, f"{block.code}.words"]

    def _table(self, block: Block) -> tuple[Integers, Floats]:
        """Return the values that needs of the period have, and the views of each."""
        if block.code not in self._tables:
            codes = self.codes[block.code]
            values = np.unique(codes[codes >= 0])
            table = self.views.table(block, values)
            if not block.is_cross:
                lifts = self.words.lifts(self.state, block, values)
                table = np.concatenate([table, lifts[np.newaxis]])
            self._tables[block.code] = values, table.astype(np.float32)
        return self._tables[block.code]

    def _vector_names(self) -> list[str]:
        return [
            "amount.gap",
            "amount.deviations",
            "like.deals",
            "like_amount.deals",
            *(f"relations.{name}" for name in RELATIONS),
        ]

    def _vectors(self, number: int) -> Floats:
        values = {name: int(codes[number]) for name, codes in self.needs.items()}
        amount = float(self.amounts[number])
        return np.concatenate(
            [
                self.usual.gaps(amount),
                self.like.scores(values, np.nan)[np.newaxis],
                self.like.scores(values, amount)[np.newaxis],
                self.relations.features(self.period.cases[number].earlier),
            ]
        )


def sample(
    features: PeriodFeatures, case_numbers: Integers, *, negatives: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Integers, int]]:
    """Yield for each need its rows, which of them funded, and its number.

    Negatives are drawn uniformly among the candidates that did not fund: drawing them by
    popularity would teach that the popular ones do not fund.
    """
    for number in case_numbers.tolist():
        case: NeedCase = features.period.cases[number]
        candidates = features.period.list_of(case)
        has_funded = np.isin(candidates, case.financiers)
        funded, rest = candidates[has_funded], candidates[~has_funded]
        if len(funded) == 0:
            continue
        others = np.sort(rng.choice(rest, size=min(negatives, len(rest)), replace=False))
        units = np.r_[funded, others]
        chosen = np.r_[np.ones(len(funded)), np.zeros(len(others))].astype(np.int64)
        yield features.rows(number, units), chosen, number


def _added(terms: Terms, names: list[str], values: Floats) -> Floats:
    """Return the sum of the terms over the first axis; 0 where no name has a term."""
    total: Floats = np.zeros(values.shape[1:])
    for name, own in zip(names, values, strict=True):
        if name in terms:
            total += terms[name](own)
    return total
