"""Outcomes of every criterion for one need over all products.

``EligibilityEngine`` is the seam: any engine that fills the same table may stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

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

# Firms share regions and industries; beyond this many the remembered relations start anew.
_REMEMBERED = 4096


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

    def outcomes(self, facts: Facts) -> Outcomes:
        """Return the outcome of each criterion for each product."""
        need, firm, products = facts.need, facts.firm, self.catalogue
        table = np.zeros((len(SLOTS), len(products)), dtype=np.int8)

        def put(code: str, outcomes: Codes) -> None:
            table[SLOT[code]] = outcomes

        put("financing_type", self._financing_type(need.financing_types or ()))
        put("stage", self._stage(facts))
        put("amount", self._overlap("amount", facts.amount))
        put("term", self._overlap("term", facts.term))
        put("rate", self._rate(need.max_annual_rate))
        put("region", self._contained("region", firm.region))
        put("industry", self._contained("industry", firm.industry))
        put("industry_excluded", self._not_contained("industry_excluded", firm.industry))
        put("tech_field", self._intersect("tech_field", firm.tech_fields))
        put("purpose", self._intersect("purpose", need.purposes))
        put("qualifications_all", self._cover("qualifications_all", facts.qualifications))
        put("qualifications_any", self._intersect("qualifications_any", facts.qualifications))
        age = facts.age_months
        put("firm_age", self._overlap("firm_age", None if age is None else (age, age)))
        put("collateral", self._intersect("collateral", need.collateral))
        put("terms", np.where(products.terms_undisclosed, UNKNOWN_INSTITUTION, ABSENT))
        terms = products.terms.outcomes(firm)
        put("stated_terms", products.terms.worst(terms))
        return Outcomes(table=table, terms=terms, worst=table.max(axis=0))

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
        outcomes: Codes = of_distinct[column.of_product]
        outcomes[~column.stated] = ABSENT
        outcomes[column.undisclosed] = UNKNOWN_INSTITUTION
        return outcomes

    def _financing_type(self, wanted: tuple[str, ...]) -> Codes:
        column = self.catalogue.types
        outcome = [
            ABSENT if not wanted else MET if code in wanted else UNMET for code in column.distinct
        ]
        return self._spread(column, np.array(outcome, dtype=np.int8))

    def _stage(self, facts: Facts) -> Codes:
        """Compare stages; only a declared stage can fail."""
        stage = facts.stage
        failing = UNMET if stage.basis == "declared" else UNKNOWN_FIRM
        return self._lists("stage", None if stage.stage is None else (stage.stage,), failing)

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

    def _rate(self, cap: float | None) -> Codes:
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
