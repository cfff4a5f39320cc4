"""Ineligible products that a change within reach would open."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import SLOT, UNMET, Codes, Outcomes
from matching.explanation.changes import ChangeBuilder
from matching.explanation.reach import Reach
from matching.schema import Change, NearMiss
from matching.scoring.weights import Scores

_ADJUSTABLE: Final = ("financing_type", "amount", "term", "rate", "purpose")
_ATTAINABLE: Final = ("qualifications_all", "qualifications_any")
# In the order of the vocabulary.
_CHANGEABLE: Final = (*_ADJUSTABLE, *_ATTAINABLE, "firm_age", "collateral")

_ADJUST, _WAIT, _ATTAIN = range(3)


def ordered_near_misses(
    catalogue: Catalogue, facts: Facts, outcomes: Outcomes, reach: Reach, scores: Scores
) -> tuple[NearMiss, ...]:
    """Explain the products within reach, the easiest first.

    Parameters
    ----------
    reach : Reach
        The products.
    scores : Scores
        What the pairs would have after the changes.

    Returns
    -------
    tuple of NearMiss
        Fewer changes first, then the hardest kind among them (adjust, wait, attain), then
        the higher score, then the product code.
    """
    unmet = outcomes.table[:, reach.rows] == UNMET
    count = unmet[[SLOT[code] for code in _CHANGEABLE]].sum(axis=0) + reach.unmet_terms
    order = np.lexsort((reach.rows, -scores.totals, _hardest(unmet, reach), count)).tolist()
    changes = _changes(catalogue, facts, outcomes, reach)
    totals = scores.totals.tolist()
    products = [catalogue.products[row] for row in reach.rows.tolist()]
    return tuple(
        NearMiss(
            products[position].code,
            products[position].institution,
            tuple(changes[position]),
            totals[position],
        )
        for position in order
    )


def _hardest(unmet: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], reach: Reach) -> Codes:
    attains = unmet[[SLOT[code] for code in _ATTAINABLE]].any(axis=0) | (reach.unmet_terms > 0)
    waits = unmet[SLOT["firm_age"]]
    return np.where(attains, _ATTAIN, np.where(waits, _WAIT, _ADJUST)).astype(np.int8)


def _changes(
    catalogue: Catalogue, facts: Facts, outcomes: Outcomes, reach: Reach
) -> list[list[Change]]:
    """Return one change per unmet criterion, in the order of the vocabulary, terms last."""
    builder = ChangeBuilder(catalogue, facts)
    changes: list[list[Change]] = [[] for _ in reach.rows]
    for code in _CHANGEABLE:
        positions = np.flatnonzero(outcomes.row(code)[reach.rows] == UNMET)
        own_changes = builder.of_criterion(code, reach.rows[positions])
        for position, change in zip(positions.tolist(), own_changes, strict=True):
            changes[position].append(change)
    terms, outcome_of = catalogue.terms, outcomes.terms.tolist()
    for own, row, new_values in zip(changes, reach.rows.tolist(), reach.new_values, strict=True):
        if new_values:
            for number in terms.of_product[row]:
                if outcome_of[number] == UNMET:
                    term = terms.distinct[number]
                    own.append(builder.of_term(term, new_values[term.field]))
    return changes
