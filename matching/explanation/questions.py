"""Which unknown facts keep products from being eligible."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import (
    SLOT,
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
_SLOTS_OF_FIELD: Final = {
    field: [SLOT[criterion] for criterion in criteria]
    for field, criteria in _CRITERIA_OF_FIELD.items()
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
    table = outcomes.table[:, rows]
    firm = table == UNKNOWN_FIRM
    by_slot = np.count_nonzero(firm, axis=1).tolist()
    found: list[Question] = []
    for field, slots in _SLOTS_OF_FIELD.items():
        count = by_slot[slots[0]] if len(slots) == 1 else int(firm[slots].any(axis=0).sum())
        found.append(Question(field, "firm", count))
    hidden = np.count_nonzero(table == UNKNOWN_INSTITUTION, axis=1).tolist()
    found += [Question(criterion, "institution", hidden[SLOT[criterion]]) for criterion in CRITERIA]
    for field in catalogue.terms.fields:
        if getattr(facts.firm, field) is None:
            waits = catalogue.terms.on_field(field)[rows]
            found.append(Question(field, "firm", int(waits.sum())))
    asked = [question for question in found if question.products]
    return tuple(sorted(asked, key=lambda q: (-q.products, q.field, q.asks)))
