"""Single rows of the outcome table, for questions that change one fact."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from matching.eligibility.outcomes import SLOT, SLOTS, Codes, Outcomes


def worst_of_others(outcomes: Outcomes, criteria: Collection[str]) -> Codes:
    """Return the largest outcome of each product, some criteria left out."""
    left_out = [SLOT[criterion] for criterion in criteria]
    worst: Codes = np.delete(outcomes.table, left_out, axis=0).max(axis=0)
    return worst


def in_order(criteria: Collection[str]) -> tuple[str, ...]:
    """Return criteria in the order of the vocabulary."""
    return tuple(criterion for criterion in SLOTS if criterion in criteria)
