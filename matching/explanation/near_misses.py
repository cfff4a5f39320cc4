"""Ineligible products that a change within reach would open."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import SLOT, UNMET, Codes, Outcomes, Rows
from matching.explanation.changes import ChangeBuilder
from matching.explanation.reach import Reach
from matching.explanation.targets import ATTAINABLE, CHANGEABLE, CatalogueTargets
from matching.schema import Change, NearMissList, Number
from matching.scoring.weights import Scores

_ADJUST, _WAIT, _ATTAIN = range(3)
_CHANGEABLE_SLOTS: Final = [SLOT[code] for code in CHANGEABLE]
_WAITING: Final = CHANGEABLE.index("firm_age")
_ATTAINED: Final = [CHANGEABLE.index(code) for code in ATTAINABLE]

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def ordered_near_misses(
    catalogue: Catalogue,
    targets: CatalogueTargets,
    facts: Facts,
    outcomes: Outcomes,
    reach: Reach,
    scores: Scores,
) -> NearMissList:
    """Explain the products within reach, the easiest first.

    Parameters
    ----------
    reach : Reach
        The products.
    scores : Scores
        What the pairs would have after the changes.

    Returns
    -------
    NearMissList
        Fewer changes first, then the hardest kind among them (adjust, wait, attain), then
        the higher score, then the product code.
    """
    unmet = outcomes.table[:, reach.rows][_CHANGEABLE_SLOTS] == UNMET
    count = np.count_nonzero(unmet, axis=0) + reach.unmet_terms
    order = np.lexsort((reach.rows, -scores.totals, _hardest(unmet, reach), count))
    builder = ChangeBuilder(facts)
    term_changes, of_set = _term_changes(builder, catalogue, outcomes, reach)
    # One line per product: what it asks by each criterion, then its changes for terms, which
    # are numbered from the end of the targets.
    rows = reach.rows[order]
    by_term = of_set[reach.term_sets[order]]
    asked = np.hstack((targets.of_product[rows], by_term + len(targets.distinct)))
    is_changed = np.hstack((unmet.T[order], by_term >= 0))
    changes, numbers = _distinct(asked[is_changed], targets, builder, term_changes)
    return NearMissList(
        products=[targets.codes[row] for row in rows.tolist()],
        institution_of=targets.institution_of,
        scores=scores.totals[order].tolist(),
        changes=changes,
        numbers=numbers,
        ends=np.cumsum(count[order]).tolist(),
    )


def _hardest(unmet: Flags, reach: Reach) -> Codes:
    attains = unmet[_ATTAINED].any(axis=0) | (reach.unmet_terms > 0)
    return np.where(attains, _ATTAIN, np.where(unmet[_WAITING], _WAIT, _ADJUST)).astype(np.int8)


def _term_changes(
    builder: ChangeBuilder, catalogue: Catalogue, outcomes: Outcomes, reach: Reach
) -> tuple[list[Change], Rows]:
    """Return the distinct changes for unmet terms, and which of them each set of terms needs.

    The second has the shape (sets, most unmet in a set); -1 is none.
    """
    distinct, is_unmet = catalogue.terms.distinct, (outcomes.terms == UNMET).tolist()
    changes: list[Change] = []
    positions: dict[tuple[int, Number], int] = {}
    of_set: dict[int, list[int]] = {}
    for term_set, new_values in reach.new_values.items():
        for number in filter(is_unmet.__getitem__, reach.terms_of_set[term_set]):
            term = distinct[number]
            key = (number, new_values[term.field])
            if key not in positions:
                positions[key] = len(changes)
                changes.append(builder.of_term(term, key[1]))
            of_set.setdefault(term_set, []).append(positions[key])
    most = max(map(len, of_set.values()), default=0)
    table = np.full((len(reach.terms_of_set), most), -1, dtype=np.intp)
    for term_set, own in of_set.items():
        table[term_set, : len(own)] = own
    return changes, table


def _distinct(
    numbers: Rows, targets: CatalogueTargets, builder: ChangeBuilder, term_changes: list[Change]
) -> tuple[list[Change], list[int]]:
    """Build the changes that occur, each once, and number them anew from 0."""
    known = len(targets.distinct)
    occurring = list(set(numbers.tolist()))
    changes = [
        builder.of_criterion(*targets.distinct[number])
        if number < known
        else term_changes[number - known]
        for number in occurring
    ]
    position = np.empty(known + len(term_changes), dtype=np.intp)
    position[occurring] = np.arange(len(changes))
    return changes, position[numbers].tolist()
