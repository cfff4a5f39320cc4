"""Every criterion of a match with the two values that were compared."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Final

import numpy as np

from matching.eligibility.catalogue import INTERVAL_FIELDS, LIST_FIELDS, Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import ABSENT, OUTCOME_NAMES, Outcomes, Rows
from matching.eligibility.terms import term_code
from matching.schema import Criterion
from matching.vocabulary import CRITERIA

_TERMS: Final = "terms"


def compared_facts(facts: Facts) -> dict[str, object]:
    """Return the firm's or need's side of each criterion; None is unknown."""
    firm, need = facts.firm, facts.need
    return {
        "financing_type": need.financing_types or None,
        "stage": facts.stage.stage,
        "amount": facts.amount,
        "term": facts.term,
        "rate": need.max_annual_rate,
        "region": firm.region,
        "industry": firm.industry,
        "industry_excluded": firm.industry,
        "tech_field": firm.tech_fields,
        "purpose": need.purposes,
        "qualifications_all": facts.qualifications,
        "qualifications_any": facts.qualifications,
        "firm_age": facts.age_months,
        "collateral": need.collateral,
        _TERMS: None,
    }


class CriterionExplainer:
    """Builds the criteria of one need's matches; equal ones are one object."""

    def __init__(self, catalogue: Catalogue, facts: Facts, outcomes: Outcomes) -> None:
        self._catalogue = catalogue
        self._facts = facts
        self._actual = compared_facts(facts)
        self._outcomes = outcomes
        self._terms: list[Criterion | None] = [None] * len(catalogue.terms.distinct)

    def explain(self, rows: Rows) -> list[tuple[Criterion, ...]]:
        """Return the criteria of each row, in the order of the vocabulary, terms last."""
        table = self._outcomes.table[: len(CRITERIA), rows]
        columns: list[list[Criterion | None]] = []
        is_stated = np.any(table, axis=1).tolist()
        for code, stated, outcomes in zip(CRITERIA, is_stated, table.tolist(), strict=True):
            if not stated:
                continue
            built = _Built(code, self._actual[code])
            keys = zip(self._required(code, rows), outcomes, strict=True)
            columns.append(list(map(built.__getitem__, keys)))
        of_product = self._catalogue.terms.of_product
        terms = [tuple(map(self._term, of_product[row])) for row in rows.tolist()]
        if not columns:
            return terms
        found = (filter(None, own) for own in zip(*columns, strict=True))
        return [(*own, *own_terms) for own, own_terms in zip(found, terms, strict=True)]

    def _required(self, code: str, rows: Rows) -> Sequence[object]:
        """Return the product's side per row; None where it is not published."""
        catalogue = self._catalogue
        if code in LIST_FIELDS:
            return catalogue.lists[code].conditions(rows)
        if code in INTERVAL_FIELDS:
            return catalogue.intervals[code].conditions(rows)
        if code == "financing_type":
            return catalogue.types.conditions(rows)
        if code == "rate":
            rates = catalogue.rate_min[rows].tolist()
            return [None if isnan(rate) else rate for rate in rates]
        return [None] * len(rows)

    def _term(self, number: int) -> Criterion:
        criterion = self._terms[number]
        if criterion is None:
            term = self._catalogue.terms.distinct[number]
            outcome = OUTCOME_NAMES[int(self._outcomes.terms[number])]
            actual = getattr(self._facts.firm, term.field)
            criterion = Criterion(term_code(term), outcome, term.value, actual)
            self._terms[number] = criterion
        return criterion


class _Built(dict[tuple[object, int], Criterion | None]):
    """One criterion by what is required and the outcome, made when first asked for."""

    def __init__(self, code: str, actual: object) -> None:
        super().__init__()
        self._code = code
        self._actual = actual

    def __missing__(self, key: tuple[object, int]) -> Criterion | None:
        required, outcome = key
        criterion = None
        if outcome != ABSENT:
            criterion = Criterion(self._code, OUTCOME_NAMES[outcome], required, self._actual)
        self[key] = criterion
        return criterion
