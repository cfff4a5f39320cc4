"""Outcomes of many distinct facts at once, as the plain engine gives them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from matching.eligibility.engine import NumpyEngine
from matching.eligibility.outcomes import (
    MET,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    UNMET,
    Codes,
)

# Criteria that compare lists of codes: whether all of the product's must be held, or any.
_ANY: Final = {"tech_field", "purpose", "qualifications_any", "collateral"}
_COVER: Final = {"qualifications_all"}


def outcomes_of(engine: NumpyEngine, criterion: str, facts: Sequence[Any]) -> Codes:
    """Return the outcome of one criterion for each fact and product.

    Parameters
    ----------
    engine : NumpyEngine
    criterion : str
        A key of ``COMPARED``.
    facts : sequence
        What the function there gives; lists of codes.

    Returns
    -------
    int8 array, shape (facts, products)
    """
    if criterion in _ANY or criterion in _COVER:
        return _outcomes_of_lists(engine, criterion, facts)
    outcomes = np.empty((len(facts), len(engine.catalogue)), dtype=np.int8)
    for number, fact in enumerate(facts):
        outcomes[number] = engine.outcome(criterion, fact)
    return outcomes


def _outcomes_of_lists(engine: NumpyEngine, criterion: str, facts: Sequence[Any]) -> Codes:
    catalogue = engine.catalogue
    column, lists = catalogue.lists[criterion], catalogue.codes[criterion]
    numbers = {code: number for number, code in enumerate(lists.codes)}
    held = np.zeros((len(facts), len(numbers)), dtype=np.int8)
    for place, fact in enumerate(facts):
        for code in fact or ():
            if code in numbers:
                held[place, numbers[code]] = 1
    levels = lists.worst_of(held) if criterion in _COVER else lists.best_of(held)
    of_distinct = np.where(levels > 0, np.int8(MET), np.int8(UNMET))
    of_distinct[[place for place, fact in enumerate(facts) if fact is None]] = UNKNOWN_FIRM
    outcomes: Codes = of_distinct[:, column.of_product]
    outcomes[:, ~column.stated] = 0
    outcomes[:, column.undisclosed] = UNKNOWN_INSTITUTION
    return outcomes
