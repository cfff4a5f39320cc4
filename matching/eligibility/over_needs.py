"""One product beside many needs: the outcomes of the plain engine, the other way round."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.columns import ClassColumn, IntervalColumn
from matching.eligibility.need_facts import NeedFacts
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
    Rows,
)
from matching.eligibility.terms import COMPARISONS
from matching.schema import Product, Term

# Criteria over lists of codes: criterion -> column of the needs.
_LISTS: Final = {
    "tech_field": "tech_field",
    "purpose": "purpose",
    "qualifications_any": "qualifications",
    "qualifications_all": "qualifications",
    "collateral": "collateral",
}
_INTERVALS: Final = ("amount", "term", "firm_age")
# Criteria whose outcome may be another on another day.
DATED: Final = frozenset({"stage", "qualifications_all", "qualifications_any", "firm_age"})
# Those that rule out most needs come first.
_FILTERS: Final = (
    "financing_type",
    "stage",
    "region",
    "amount",
    "term",
    "rate",
    "purpose",
    "industry",
    "qualifications_any",
    "qualifications_all",
    "firm_age",
    "tech_field",
    "collateral",
    "industry_excluded",
)


class ProductOverNeeds:
    """Compares one product with held needs.

    Parameters
    ----------
    product : Product
    facts : NeedFacts
    """

    def __init__(self, product: Product, facts: NeedFacts) -> None:
        self.product = product
        self.catalogue = Catalogue([product])
        self._facts = facts
        self._needs = facts.needs

    def matching_needs(self) -> Rows:
        """Return the positions of the needs that are not ineligible, ascending."""
        is_offered = bool(self.catalogue.candidates(as_of=self._needs.as_of, excluded=None)[0])
        if not is_offered:
            return np.zeros(0, dtype=np.intp)
        return self._failing_none(_FILTERS)

    def possible_needs(self) -> Rows:
        """Return the positions of the needs that fail nothing but what time may change.

        Whether the product is offered today is left open too.
        """
        return self._failing_none([code for code in _FILTERS if code not in DATED])

    def _failing_none(self, criteria: Iterable[str]) -> Rows:
        """Return the positions of the needs that fail none of some criteria and no term."""
        excluded = self._facts.holders("excluded", self.product.institution)
        positions: Rows = np.flatnonzero(~excluded[self._needs.classes["excluded"].of_need])
        for criterion in criteria:
            positions = positions[self.outcome(criterion, positions) != UNMET]
        for term in self.catalogue.terms.distinct:
            positions = positions[self.outcome_of_term(term, positions) != UNMET]
        return positions

    def outcomes(self, positions: Rows) -> tuple[Codes, Codes]:
        """Return the outcomes of some needs.

        Returns
        -------
        table : int8 array, shape (len(SLOTS), positions)
            As in ``Outcomes``.
        terms : int8 array, shape (stated terms, positions)
        """
        table = np.zeros((len(SLOTS), len(positions)), dtype=np.int8)
        for criterion in _FILTERS:
            table[SLOT[criterion]] = self.outcome(criterion, positions)
        if self.catalogue.terms_undisclosed[0]:
            table[SLOT["terms"]] = UNKNOWN_INSTITUTION
        distinct = self.catalogue.terms.distinct
        terms = np.zeros((len(distinct), len(positions)), dtype=np.int8)
        for number, term in enumerate(distinct):
            terms[number] = self.outcome_of_term(term, positions)
        table[SLOT["stated_terms"]] = terms.max(axis=0, initial=ABSENT)
        return table, terms

    def outcome(self, criterion: str, positions: Rows) -> Codes:
        """Return the outcome of one criterion for some needs."""
        if criterion == "financing_type":
            return self._financing_type(positions)
        if criterion == "rate":
            return self._rate(positions)
        if criterion in _INTERVALS:
            return self._interval(criterion, positions)
        condition = self.catalogue.lists[criterion]
        if condition.undisclosed[0]:
            return np.full(len(positions), UNKNOWN_INSTITUTION, dtype=np.int8)
        if not condition.stated[0]:
            return np.zeros(len(positions), dtype=np.int8)
        stated = condition.distinct[1] or ()
        name = _LISTS.get(criterion, "industry" if criterion == "industry_excluded" else criterion)
        return self._of_distinct(criterion, stated)[self._needs.classes[name].of_need[positions]]

    def best_relations(self, criterion: str, positions: Rows) -> Codes:
        """Return the closest relation of the product's regions or industries to each firm's."""
        stated = self.catalogue.lists[criterion].distinct[-1] or ()
        column = self._needs.classes[criterion]
        best: Codes = self._closest(criterion, stated)[column.of_need[positions]]
        return best

    def outcome_of_term(self, term: Term, positions: Rows) -> Codes:
        """Return the outcome of one stated term for some needs."""
        column = self._needs.fields[term.field]
        if isinstance(column, ClassColumn):
            of_distinct = [
                UNKNOWN_FIRM if value is None else _met(COMPARISONS[term.op](value, term.value))
                for value in column.distinct
            ]
            return np.array(of_distinct, dtype=np.int8)[column.of_need[positions]]
        values, known = column.values[positions], column.known[positions]
        return np.where(known, _outcome(_compare(values, term)), np.int8(UNKNOWN_FIRM))

    def _of_distinct(self, criterion: str, stated: tuple[str, ...]) -> Codes:
        """Return the outcome of each distinct fact."""
        facts = self._facts
        if criterion == "stage":
            return np.array(
                [
                    _stage(stage, stated, is_declared=is_declared)
                    for stage, is_declared, _ in self._needs.classes["stage"].distinct
                ],
                dtype=np.int8,
            )
        if criterion in _LISTS:
            name = _LISTS[criterion]
            combine = np.logical_and if criterion == "qualifications_all" else np.logical_or
            marks = reduce(combine, [facts.holders(name, code) for code in stated])
            return np.where(facts.unknown(name), np.int8(UNKNOWN_FIRM), _outcome(marks))
        name = "region" if criterion == "region" else "industry"
        relation = self._closest(name, stated)
        is_met = relation < 0 if criterion == "industry_excluded" else relation > 0
        outcome = _outcome(is_met)
        outcome[(relation == 0) | facts.unknown(name)] = UNKNOWN_FIRM
        return outcome

    def _closest(self, name: str, stated: tuple[str, ...]) -> Codes:
        relations = [self._facts.relations(name, code) for code in stated]
        nowhere = np.full(len(self._needs.classes[name].distinct), -1, dtype=np.int8)
        return reduce(np.maximum, relations, nowhere)

    def _financing_type(self, positions: Rows) -> Codes:
        code = self.product.financing_type
        if self.catalogue.type_undisclosed[0] or code is None:
            return np.full(len(positions), UNKNOWN_INSTITUTION, dtype=np.int8)
        column = self._needs.classes["financing_type"]
        return self._facts.wishes(code)[column.of_need[positions]]

    def _interval(self, criterion: str, positions: Rows) -> Codes:
        condition = self.catalogue.intervals[criterion]
        if condition.undisclosed[0]:
            return np.full(len(positions), UNKNOWN_INSTITUTION, dtype=np.int8)
        if not condition.stated[0]:
            return np.zeros(len(positions), dtype=np.int8)
        asked: IntervalColumn = self._needs.intervals[criterion].take(positions)
        low, high = (ends[0] for ends in self.catalogue.limits[criterion])
        outcome = _outcome((asked.low <= high) & (low <= asked.high))
        outcome[~asked.known] = UNKNOWN_FIRM
        return outcome

    def _rate(self, positions: Rows) -> Codes:
        catalogue, cap = self.catalogue, self._needs.rate_cap.take(positions)
        if catalogue.rate_undisclosed[0]:
            return np.full(len(positions), UNKNOWN_INSTITUTION, dtype=np.int8)
        if not catalogue.may_lend[0]:
            return np.zeros(len(positions), dtype=np.int8)
        lowest = catalogue.rate_min[0]
        if np.isnan(lowest):
            return np.where(cap.known, np.int8(UNKNOWN_INSTITUTION), np.int8(ABSENT))
        outcome = _outcome((lowest <= cap.values).astype(np.bool_))
        outcome[~cap.known] = ABSENT
        return outcome


def _met(is_met: bool) -> int:
    return MET if is_met else UNMET


def _outcome(is_met: Flags) -> Codes:
    return np.where(is_met, np.int8(MET), np.int8(UNMET))


def _stage(stage: str | None, stated: tuple[str, ...], *, is_declared: bool) -> int:
    """Compare stages; only a declared one can fail."""
    if stage is None:
        return UNKNOWN_FIRM
    if stage in stated:
        return MET
    return UNMET if is_declared else UNKNOWN_FIRM


def _compare(values: Any, term: Term) -> Flags:
    """Hold figures against a term, all at once; what is no number compares with nothing."""
    with np.errstate(invalid="ignore"):
        if term.op in {"in", "not_in"}:
            listed = term.value if isinstance(term.value, tuple) else (term.value,)
            equal = [np.asarray(values == one, dtype=np.bool_) for one in listed]
            is_in = reduce(np.logical_or, equal, np.zeros(len(values), dtype=np.bool_))
            return is_in if term.op == "in" else ~is_in
        compared: Flags = np.asarray(COMPARISONS[term.op](values, term.value), dtype=np.bool_)
    return compared
