"""Features of every pair of a need and a candidate, from the state before the period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from matching.evaluation.columns import AMOUNT, Columns, build_columns, new_deals
from matching.evaluation.dataset import Dataset, Floats, Integers
from matching.evaluation.protocol import Period, Protocol
from matching.ranking.learned.history import Block, State
from matching.ranking.learned.likeness import RELATIONS, LikeDeals, Relations, UsualAmounts
from matching.ranking.learned.pairs import PairViews
from matching.ranking.learned.words import Words

# In deals of anybody: about a year and about two months of the larger open set.
HALF_LIVES: Final = (8000.0, 1200.0)
_LIKENESS_HALF_LIFE: Final = 8000.0
_PRIOR_STRENGTH: Final = 2.0
# How many units learning has to tell apart by each measure of likeness.
_LIKELY: Final = 70
_LIKELY_MORE: Final = 35

# What the weight of a feature may hang on: nothing, whether the firm has financiers already,
# and how much the unit has done beside the others (a share: a count would grow with time).
CONTEXTS: Final = ("always", "has_financiers", "size")
_SIZE_UNIT: Final = 1.5  # brings sizes to about a standard deviation
_LEAST_SIZE: Final = 0.3

# One function per feature, of its values and of the contexts of the units, shape
# (len(CONTEXTS), units); a pair's score is their sum.
Term = Callable[[Floats, Floats], Floats]
Terms = Mapping[str, Term]


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
        self._deal_firms = dataset.firms[dataset.link_events[protocol.is_new]]
        self._deal_amounts = dataset.amounts[dataset.link_events[protocol.is_new]]
        self._words = Words(dataset.unit_names, dataset.declared)

    def period(self, period: Period) -> PeriodFeatures:
        """Return the features of a period; only what lies before it is read."""
        dataset = self.dataset
        units = len(dataset.units)
        known = self._deals.before(period.before)
        is_known = self._deals.days < period.before
        amounts = self._deal_amounts[is_known]
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
            deal_firms=self._deal_firms[is_known],
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


def uses_text(name: str) -> bool:
    """Return whether a feature reads words: of names, or of what is declared."""
    return name.endswith(".words")


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
    deal_firms: Integers
    like: LikeDeals
    relations: Relations
    usual: UsualAmounts
    _tables: dict[str, tuple[Integers, Floats]] = field(default_factory=dict)
    _latest: dict[int, Floats] = field(default_factory=dict)

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

    def contexts(self, has_financiers: bool) -> Floats:
        """Return the contexts of every unit for a need, shape (len(CONTEXTS), units)."""
        totals = self.state.totals
        mean = totals.sum() / max(np.count_nonzero(totals), 1)
        size = (np.log((totals + _LEAST_SIZE) / (mean + _LEAST_SIZE)) + 1.0) / _SIZE_UNIT
        ones = np.ones(len(totals))
        return np.stack([ones, float(has_financiers) * ones, size])

    def has_financiers(self, number: int) -> bool:
        """Return whether the firm of a need had financiers before the period."""
        return len(self.period.cases[number].earlier) > 0

    def scores(self, terms: Terms) -> Iterator[Floats]:
        """Yield the scores of all units for each need; a sum of one term per feature."""
        tables: dict[bool, _Added] = {}
        names = self._vector_names()
        for number in range(len(self.period.cases)):
            known = self.has_financiers(number)
            if known not in tables:
                tables[known] = self._added_tables(terms, self.contexts(known))
            added = tables[known]
            score = added.constant.copy()
            for code, values, table in added.tables:
                value = self.codes[code][number]
                if value >= 0 and np.ndim(table):
                    score += table[np.searchsorted(values, value)]
            if terms.keys() & set(names):
                score += _added(terms, names, self._vectors(number), added.contexts)
            yield score

    def parts(self, terms: Terms, number: int, part_of: Callable[[str], str]) -> dict[str, Floats]:
        """Return what each part of the explanation adds to one need's scores.

        The parts add up to the scores: a term belongs to one feature, and a feature to one
        part, in whatever context.
        """
        units = np.arange(len(self.state.totals))
        contexts = self.contexts(self.has_financiers(number))
        parts: dict[str, Floats] = {}
        for name, own in zip(self.names(), self.rows(number, units).T, strict=True):
            if name in terms:
                part = part_of(name)
                parts[part] = parts.get(part, 0.0) + terms[name](own, contexts)
        return parts

    def likely(self, number: int, rest: Integers) -> Integers:
        """Return those of some units that what was known before any learning puts first.

        These are the ones that a ranking has to tell apart; among thousands drawn uniformly
        hardly any is. Which they are hangs on earlier deals alone.
        """
        vectors = dict(zip(self._vector_names(), self._vectors(number), strict=True))
        most = {"like.deals": _LIKELY}
        if self.has_financiers(number):
            most |= dict.fromkeys(("like_earlier.deals", "relations.two_steps"), _LIKELY_MORE)
        first = [
            rest[np.argsort(-vectors[name][rest], kind="stable")[:n]] for name, n in most.items()
        ]
        return np.unique(np.concatenate(first))

    def _added_tables(self, terms: Terms, contexts: Floats) -> _Added:
        """Add up, once, what hangs on the unit, and on the unit and a value."""
        history = [f"history.{n}" for n in range(1 + len(HALF_LIVES))]
        constant = _added(terms, history, self.views.unit_features().T, contexts)
        tables = []
        for block in self.views.blocks:
            values, table = self._table(block)
            tables.append(
                (block.code, values, _added(terms, self._block_names(block), table, contexts))
            )
        return _Added(contexts, constant, tables)

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
            "like_earlier.deals",
            *(f"relations.{name}" for name in RELATIONS),
        ]

    def _vectors(self, number: int) -> Floats:
        """Return what is computed for each need; that of the latest is kept."""
        if number not in self._latest:
            self._latest.clear()
            self._latest[number] = self._new_vectors(number)
        return self._latest[number]

    def _new_vectors(self, number: int) -> Floats:
        values = {name: int(codes[number]) for name, codes in self.needs.items()}
        amount = float(self.amounts[number])
        earlier = self.period.cases[number].earlier
        among = np.zeros(len(self.state.totals))
        if len(earlier) > 0:
            shared = self.relations.shared(earlier, self.deal_firms)
            among = self.like.scores(values, np.nan, shared)
        return np.concatenate(
            [
                self.usual.gaps(amount),
                self.like.scores(values, np.nan)[np.newaxis],
                self.like.scores(values, amount)[np.newaxis],
                among[np.newaxis],
                self.relations.features(earlier),
            ]
        )


@dataclass(frozen=True, slots=True)
class _Added:
    """Terms added up over tables, for one setting of the contexts."""

    contexts: Floats
    constant: Floats
    tables: list[tuple[str, Integers, Floats]]


def _added(terms: Terms, names: list[str], values: Floats, contexts: Floats) -> Floats:
    """Return the sum of the terms over the first axis; 0 where no name has a term."""
    total: Floats = np.zeros(values.shape[1:])
    for name, own in zip(names, values, strict=True):
        if name in terms:
            total += terms[name](own, contexts)
    return total
