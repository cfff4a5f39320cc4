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
from matching.schema import NearMissList, Number
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
    count = unmet.sum(axis=0) + reach.unmet_terms
    order = np.lexsort((reach.rows, -scores.totals, _hardest(unmet, reach), count))
    builder = ChangeBuilder(targets, facts)
    positions, changes = _changes(builder, catalogue, outcomes, reach, unmet)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    by_place = np.argsort(place[positions], kind="stable")
    return NearMissList(
        products=[targets.codes[row] for row in reach.rows[order].tolist()],
        institution_of=targets.institution_of,
        scores=scores.totals[order].tolist(),
        changes=builder.built,
        numbers=changes[by_place].tolist(),
        ends=np.cumsum(count[order]).tolist(),
    )


def _hardest(unmet: Flags, reach: Reach) -> Codes:
    attains = unmet[_ATTAINED].any(axis=0) | (reach.unmet_terms > 0)
    return np.where(attains, _ATTAIN, np.where(unmet[_WAITING], _WAIT, _ADJUST)).astype(np.int8)


def _changes(
    builder: ChangeBuilder,
    catalogue: Catalogue,
    outcomes: Outcomes,
    reach: Reach,
    unmet: Flags,
) -> tuple[Rows, Rows]:
    """Return positions among the products within reach, and a change of each.

    A position stands once per unmet criterion; its changes follow one another in the order of
    the vocabulary, terms last.
    """
    positions: list[Rows] = []
    changes: list[Rows] = []
    for criterion, is_unmet in zip(CHANGEABLE, unmet, strict=True):
        own = np.flatnonzero(is_unmet)
        if own.size:
            positions.append(own)
            changes.append(builder.of_criterion(criterion, reach.rows[own]))
    for change_of_set in _term_changes(builder, catalogue, outcomes, reach):
        found = change_of_set[reach.term_sets]
        own = np.flatnonzero(found >= 0)
        positions.append(own)
        changes.append(found[own])
    return np.concatenate(positions), np.concatenate(changes)


def _term_changes(
    builder: ChangeBuilder, catalogue: Catalogue, outcomes: Outcomes, reach: Reach
) -> Rows:
    """Return the changes of each set of terms, shape (most unmet in a set, sets); -1 is none."""
    distinct, is_unmet = catalogue.terms.distinct, (outcomes.terms == UNMET).tolist()
    built: dict[tuple[int, Number], int] = {}
    of_set: dict[int, list[int]] = {}
    for term_set, new_values in reach.new_values.items():
        for number in reach.terms_of_set[term_set]:
            if is_unmet[number]:
                term = distinct[number]
                key = (number, new_values[term.field])
                if key not in built:
                    built[key] = builder.of_term(term, key[1])
                of_set.setdefault(term_set, []).append(built[key])
    most = max(map(len, of_set.values()), default=0)
    changes = np.full((most, len(reach.terms_of_set)), -1, dtype=np.intp)
    for term_set, own in of_set.items():
        changes[: len(own), term_set] = own
    return changes
