"""Which unknown facts keep products from being eligible."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import (
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    Outcomes,
    Rows,
)
from matching.schema import Question
from matching.vocabulary import CRITERIA

# The field that answers a criterion; two criteria may wait for one field.
_CRITERIA_OF_FIELD: Final = {
    "stage": ("stage",),
    "amount_max_yuan": ("amount",),
    "term_max_months": ("term",),
    "region": ("region",),
    "industry": ("industry", "industry_excluded"),
    "tech_fields": ("tech_field",),
    "purposes": ("purpose",),
    "qualifications": ("qualifications_all", "qualifications_any"),
    "founded_on": ("firm_age",),
    "collateral": ("collateral",),
}


def open_questions(
    catalogue: Catalogue, facts: Facts, outcomes: Outcomes, rows: Rows
) -> tuple[Question, ...]:
    """Count, for each unknown fact, the products that wait for it.

    Parameters
    ----------
    rows : int array
        The candidates whose verdict is ``to_confirm``.

    Returns
    -------
    tuple of Question
        Largest number first, then field name, then who is asked. A product counts once per
        fact. An undisclosed condition asks the institution only, whatever the firm knows.
    """
    found: list[Question] = []
    for field, criteria in _CRITERIA_OF_FIELD.items():
        waits = np.zeros(len(rows), dtype=np.bool_)
        for criterion in criteria:
            waits |= outcomes.row(criterion)[rows] == UNKNOWN_FIRM
        found.append(Question(field, "firm", int(waits.sum())))
    for criterion in CRITERIA:
        waits = outcomes.row(criterion)[rows] == UNKNOWN_INSTITUTION
        found.append(Question(criterion, "institution", int(waits.sum())))
    for field in catalogue.terms.fields:
        if getattr(facts.firm, field) is None:
            waits = catalogue.terms.on_field(field)[rows]
            found.append(Question(field, "firm", int(waits.sum())))
    asked = [question for question in found if question.products]
    return tuple(sorted(asked, key=lambda q: (-q.products, q.field, q.asks)))
