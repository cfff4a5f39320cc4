"""Outcomes of every criterion for one need over all products.

``EligibilityEngine`` is the seam: any engine that fills the same table may stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from matching.eligibility import industries, regions
from matching.eligibility.catalogue import HIGHEST, LOWEST, Catalogue
from matching.eligibility.conditions import Column
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import (
    ABSENT,
    MET,
    SLOT,
    SLOTS,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    UNMET,
    Codes,
    Flags,
    Outcomes,
)

# What each criterion compares, in the order of the vocabulary; equal facts have equal outcomes.
COMPARED: Final[dict[str, Callable[[Facts], Any]]] = {
    "financing_type": lambda facts: facts.need.financing_types or (),
    "stage": lambda facts: (facts.stage.stage, facts.stage.basis == "declared"),
    "amount": lambda facts: facts.amount,
    "term": lambda facts: facts.term,
    "rate": lambda facts: facts.need.max_annual_rate,
    "region": lambda facts: facts.firm.region,
    "industry": lambda facts: facts.firm.industry,
    "industry_excluded": lambda facts: facts.firm.industry,
    "tech_field": lambda facts: facts.firm.tech_fields,
    "purpose": lambda facts: facts.need.purposes,
    "qualifications_all": lambda facts: facts.qualifications,
    "qualifications_any": lambda facts: facts.qualifications,
    "firm_age": lambda facts: None if facts.age_months is None else (facts.age_months,) * 2,
    "collateral": lambda facts: facts.need.collateral,
}

_COMPARISON_OF: Final = {
    "financing_type": "_financing_type",
    "stage": "_stage",
    "amount": "_overlap",
    "term": "_overlap",
    "rate": "_rate",
    "region": "_contained",
    "industry": "_contained",
    "industry_excluded": "_not_contained",
    "tech_field": "_intersect",
    "purpose": "_intersect",
    "qualifications_all": "_cover",
    "qualifications_any": "_intersect",
    "firm_age": "_overlap",
    "collateral": "_intersect",
}

# Firms share regions and industries; beyond this many the remembered relations start anew.
_REMEMBERED = 4096
# Outcomes of one fact take a byte per product.
_REMEMBERED_BYTES = 4_000_000


class EligibilityEngine(Protocol):
    """Compares one need with every product of a catalogue."""

    def outcomes(self, facts: Facts) -> Outcomes:
        """Return the outcome of each criterion for each product."""

    def relations(self, criterion: str, code: str) -> Codes:
        """Relate a firm's region or industry to each distinct list of a criterion."""


@dataclass
class NumpyEngine:
    """Compares column by column, each distinct condition once."""

    catalogue: Catalogue
    _relations: dict[tuple[str, str], Codes] = field(default_factory=dict)
    _outcomes: dict[tuple[str, Any], Codes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Size the memory of outcomes by the catalogue."""
        self._most_outcomes = max(64, _REMEMBERED_BYTES // max(1, len(self.catalogue)))

    def outcomes(self, facts: Facts) -> Outcomes:
        """Return the outcome of each criterion for each product."""
        products = self.catalogue
        table = np.zeros((len(SLOTS), len(products)), dtype=np.int8)
        for criterion, fact_of in COMPARED.items():
            table[SLOT[criterion]] = self._remembered(criterion, fact_of(facts))
        table[SLOT["terms"]] = np.where(products.terms_undisclosed, UNKNOWN_INSTITUTION, ABSENT)
        terms = products.terms.outcomes(facts.firm)
        table[SLOT["stated_terms"]] = products.terms.worst(terms)
        return Outcomes(table=table, terms=terms, worst=table.max(axis=0))

    def outcome(self, criterion: str, fact: Any) -> Codes:
        """Return the outcome of one criterion for each product.

        Parameters
        ----------
        criterion : str
            A key of ``COMPARED``.
        fact : object
            What the function there gives.
        """
        compare: Callable[[str, Any], Codes] = getattr(self, _COMPARISON_OF[criterion])
        return compare(criterion, fact)

    def _remembered(self, criterion: str, fact: Any) -> Codes:
        """Return ``outcome``, which needs with equal facts share; not to be changed."""
        key = (criterion, fact)
        found = self._outcomes.get(key)
        if found is None:
            found = self.outcome(criterion, fact)
            if len(self._outcomes) >= self._most_outcomes:
                self._outcomes.clear()
            self._outcomes[key] = found
        return found

    def relations(self, criterion: str, code: str) -> Codes:
        """Relate a firm's region or industry to each distinct list of a criterion.

        Returns
        -------
        int8 array
            Per distinct list the best relation among its codes, as ``regions`` and
            ``industries`` number them.
        """
        key = (criterion, code)
        found = self._relations.get(key)
        if found is None:
            relate = regions.relate_region if criterion == "region" else industries.relate_industry
            found = self.catalogue.codes[criterion].best(lambda stated: relate(stated, code))
            if len(self._relations) >= _REMEMBERED:
                self._relations.clear()
            self._relations[key] = found
        return found

    def _spread(self, column: Column[Any], of_distinct: Codes) -> Codes:
        """Give each product the outcome of its condition."""
        of_place = np.empty(len(of_distinct) + 1, dtype=np.int8)
        of_place[:-1] = of_distinct
        of_place[0], of_place[-1] = ABSENT, UNKNOWN_INSTITUTION
        outcomes: Codes = of_place[column.places]
        return outcomes

    def _financing_type(self, _: str, wanted: tuple[str, ...]) -> Codes:
        column = self.catalogue.types
        outcome = [
            ABSENT if not wanted else MET if code in wanted else UNMET for code in column.distinct
        ]
        return self._spread(column, np.array(outcome, dtype=np.int8))

    def _stage(self, criterion: str, fact: tuple[str | None, bool]) -> Codes:
        """Compare stages; only a declared stage can fail."""
        stage, is_declared = fact
        held = None if stage is None else (stage,)
        return self._lists(criterion, held, UNMET if is_declared else UNKNOWN_FIRM)

    def _intersect(self, criterion: str, held: Collection[str] | None) -> Codes:
        """Require one code in common; an empty list has none."""
        return self._lists(criterion, held, UNMET)

    def _lists(self, criterion: str, held: Collection[str] | None, failing: int) -> Codes:
        column, codes = self.catalogue.lists[criterion], self.catalogue.codes[criterion]
        if held is None:
            outcome = np.full(len(column.distinct), UNKNOWN_FIRM, dtype=np.int8)
        else:
            outcome = _choose(codes.best(_membership(held)) > 0, failing)
        return self._spread(column, outcome)

    def _cover(self, criterion: str, held: Collection[str] | None) -> Codes:
        """Require every code."""
        column, codes = self.catalogue.lists[criterion], self.catalogue.codes[criterion]
        if held is None:
            outcome = np.full(len(column.distinct), UNKNOWN_FIRM, dtype=np.int8)
        else:
            outcome = _choose(codes.worst(_membership(held)) > 0, UNMET)
        return self._spread(column, outcome)

    def _contained(self, criterion: str, code: str | None) -> Codes:
        """Require that one of the product's codes contains the firm's."""
        column = self.catalogue.lists[criterion]
        if code is None:
            outcome = np.full(len(column.distinct), UNKNOWN_FIRM, dtype=np.int8)
        else:
            relation = self.relations(criterion, code)
            outcome = _choose(relation > 0, UNMET)
            outcome[relation == 0] = UNKNOWN_FIRM
        return self._spread(column, outcome)

    def _not_contained(self, criterion: str, code: str | None) -> Codes:
        """Require that none of the product's codes contains the firm's."""
        column = self.catalogue.lists[criterion]
        if code is None:
            outcome = np.full(len(column.distinct), UNKNOWN_FIRM, dtype=np.int8)
        else:
            relation = self.relations(criterion, code)
            outcome = _choose(relation < 0, UNMET)
            outcome[relation == 0] = UNKNOWN_FIRM
        return self._spread(column, outcome)

    def _overlap(self, criterion: str, asked: tuple[int, int] | None) -> Codes:
        """Require that two closed intervals overlap."""
        column = self.catalogue.intervals[criterion]
        low, high = self.catalogue.limits[criterion]
        if asked is None:
            outcome = np.full(len(self.catalogue), UNKNOWN_FIRM, dtype=np.int8)
        else:
            asked_low, asked_high = (min(max(end, LOWEST), HIGHEST) for end in asked)
            outcome = _choose((asked_low <= high) & (low <= asked_high), UNMET)
        outcome[~column.stated] = ABSENT
        outcome[column.undisclosed] = UNKNOWN_INSTITUTION
        return outcome

    def _rate(self, _: str, cap: float | None) -> Codes:
        """Hold the lowest rate against the need's cap; a rate not stated is unknown."""
        products = self.catalogue
        outcome = np.full(len(products), ABSENT, dtype=np.int8)
        if cap is not None:
            stated = _choose(products.rate_min <= cap, UNMET)
            stated[np.isnan(products.rate_min)] = UNKNOWN_INSTITUTION
            outcome[products.may_lend] = stated[products.may_lend]
        outcome[products.rate_undisclosed] = UNKNOWN_INSTITUTION
        return outcome


def _membership(held: Collection[str]) -> Callable[[str], int]:
    """Return a function that gives 1 for a held code and 0 for any other."""
    codes = frozenset(held)
    return lambda code: int(code in codes)


def _choose(is_met: Flags, failing: int) -> Codes:
    return np.where(is_met, np.int8(MET), np.int8(failing))
