"""A fitted ranking model: tables that are looked up and added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.ranking.learned.bands import Answered, BandTable
from matching.ranking.learned.chances import Curve
from matching.ranking.learned.encoding import Numbering
from matching.ranking.learned.history import Block, Facts, Floats, Integers
from matching.ranking.learned.records import (
    Band,
    Candidate,
    Contributions,
    ModelCard,
    NeedFacts,
)

HISTORY_PART = "history"


@dataclass(frozen=True, slots=True)
class BlockTable:
    """What one block adds to the margin.

    Attributes
    ----------
    block : Block
    values : int array, shape (k,)
        Ascending: the values with a row of their own.
    margins : float array, shape (k + 2, units + 1)
        One row per value, then one for other values and one for the unknown, which is the
        least of all rows: learning a fact never lowers a margin. The last column belongs to
        institutions that the model does not know.
    """

    block: Block
    values: Integers
    margins: Floats

    def rows(self, codes: Integers) -> Integers:
        """Return the row of each value."""
        k = len(self.values)
        if k == 0:
            return np.where(codes < 0, 1, 0)
        place = np.minimum(np.searchsorted(self.values, codes), k - 1)
        return np.where(codes < 0, k + 1, np.where(self.values[place] == codes, place, k))


@dataclass(frozen=True, slots=True)
class Squash:
    """An increasing map from margins to [0, 1] that costs one division.

    Half of the pairs of the history lie on either side of ``centre``; ``spread`` is how far
    a pair must lie above it to reach 3/4.
    """

    centre: float
    spread: float

    def __call__(self, margins: Floats) -> Floats:
        z = (margins - self.centre) / self.spread
        score: Floats = 0.5 + 0.5 * z / (1.0 + np.abs(z))
        return score


class LearnedModel:
    """Scores candidates by what became of earlier needs; the rules stay above it.

    A model is never changed after it was fitted or loaded, reads no clock, and may be shared
    between threads. It says nothing about eligibility: hand it only candidates that the rules
    let through.

    Attributes
    ----------
    card : ModelCard
    institutions : tuple of str
        The institutions that it knows, ascending.
    curves : mapping of str to Curve
        By kind of product, from margins to chances; a kind with too little to go by has none.
    """

    def __init__(
        self,
        *,
        card: ModelCard,
        institutions: Sequence[str],
        numbering: Numbering,
        history: Floats,
        tables: Sequence[BlockTable],
        squash: Squash,
        answered: Answered,
        min_firms: int,
        curves: Mapping[str, Curve] | None = None,
    ) -> None:
        self.card = card
        self.institutions = tuple(institutions)
        self.numbering = numbering
        self.history = history
        self.tables = tuple(tables)
        self.squash = squash
        self.answered = answered
        self.min_firms = min_firms
        self.curves = dict(curves or {})
        self._units = {code: number for number, code in enumerate(self.institutions)}
        self._bands: BandTable | None = None
        parts = [table.block.part for table in self.tables]
        self.parts = (HISTORY_PART, *dict.fromkeys(parts))

    def contributions(self, need: NeedFacts, candidates: Sequence[Candidate]) -> Contributions:
        """Return the learned value of each candidate and its exact breakdown.

        Parameters
        ----------
        need : NeedFacts
        candidates : sequence of Candidate
            In any order; the answer has the same order, and none depends on the others.

        Returns
        -------
        Contributions
        """
        families = self.families(candidates)
        numbers = self.numbering.need_numbers(need)
        units = self.units(candidates)
        values = np.zeros((len(candidates), len(self.parts)))
        values[:, 0] = self.history[units]
        for place, part in enumerate(self.parts[1:], start=1):
            values[:, place] = self.added(self.tables_of(part), numbers, families, units)
        margins = np.zeros(len(candidates))
        for own in values.T:  # in this order, so that the parts add up to the last bit
            margins += own
        return Contributions(self.parts, values, margins, self.squash(margins))

    def tables_of(self, part: str) -> list[BlockTable]:
        """Return the tables of a part, in the order in which they are added."""
        return [table for table in self.tables if table.block.part == part]

    def units(self, candidates: Sequence[Candidate]) -> Integers:
        """Return the column of each candidate's institution in the tables."""
        return np.fromiter(map(self._unit, candidates), dtype=np.int64, count=len(candidates))

    def families(self, candidates: Sequence[Candidate]) -> Integers:
        """Return the number of each candidate's family."""
        numbers = (self.numbering.number("family", one.family) for one in candidates)
        return np.fromiter(numbers, dtype=np.int64, count=len(candidates))

    def added(
        self,
        tables: Sequence[BlockTable],
        numbers: Mapping[str, int],
        families: Integers,
        units: Integers,
    ) -> Floats:
        """Return what some tables add to each candidate's margin.

        Parameters
        ----------
        tables : sequence of BlockTable
        numbers : mapping of str to int
            The need's values of the columns that the tables read.
        families, units : int array, shape (candidates,)
        """
        columns = {name for table in tables for name in table.block.columns}
        values = {
            name: families if name == "family" else np.full(len(units), numbers[name])
            for name in columns
        }
        facts = Facts(values, self.numbering.sizes)
        total = np.zeros(len(units))
        for table in tables:
            total += table.margins[table.rows(facts.codes(table.block)), units]
        return total

    def band(self, need: NeedFacts, candidate: Candidate) -> Band | None:
        """Return how earlier needs under like conditions fared with that kind of product.

        Over all institutions that offer the candidate's family; None where too little may be
        told. Read it as "条件相近的18家中11家获得融资", always with its interval; never a promise.
        """
        family = self.numbering.number("family", candidate.family)
        if self._bands is None:  # two threads that make it at once make the same
            self._bands = BandTable(self.answered, min_firms=self.min_firms)
        return self._bands.find(family, self.numbering.need_numbers(need))

    def known_institutions(self, least: int) -> frozenset[str]:
        """Return the institutions that have answered at least so often."""
        counts = self.answered.per_unit(len(self.institutions))
        own = zip(self.institutions, counts.tolist(), strict=True)
        return frozenset(code for code, count in own if count >= least)

    def chance(self, need: NeedFacts, candidate: Candidate) -> float | None:
        """Return how often pairs like this one ended in money, None where that is not known.

        Over whole lists of what the rules let through, so most chances are small. It is known
        of kinds of product with enough funded outcomes and of institutions that the model
        knows. A figure for whoever judges a model; never a promise to a firm.
        """
        said = float(self.chances(need, [candidate])[0])
        return None if np.isnan(said) else said

    def chances(self, need: NeedFacts, candidates: Sequence[Candidate]) -> Floats:
        """Return the chance of each candidate, NaN where it is not known."""
        margins = self.contributions(need, candidates).margins
        said = np.full(len(candidates), np.nan)
        kinds = np.array([one.family or "" for one in candidates])
        known = self.units(candidates) < len(self.institutions)
        for kind, curve in self.curves.items():
            own = known & (kinds == kind)
            said[own] = curve(margins[own])
        return said

    def with_metrics(self, metrics: Mapping[str, float]) -> LearnedModel:
        """Return the same model with figures on its card."""
        return self._with(replace(self.card, metrics=dict(metrics)), self.curves)

    def with_curves(self, curves: Mapping[str, Curve]) -> LearnedModel:
        """Return the same model with chances; no score changes."""
        return self._with(self.card, curves)

    def _with(self, card: ModelCard, curves: Mapping[str, Curve]) -> LearnedModel:
        return LearnedModel(
            card=card,
            institutions=self.institutions,
            numbering=self.numbering,
            history=self.history,
            tables=self.tables,
            squash=self.squash,
            answered=self.answered,
            min_firms=self.min_firms,
            curves=curves,
        )

    def _unit(self, candidate: Candidate) -> int:
        return self._units.get(candidate.institution, len(self.institutions))
