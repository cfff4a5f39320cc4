"""The pairs of needs and products that are to be scored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST, Catalogue
from matching.eligibility.facts import Facts
from matching.eligibility.outcomes import (
    MET,
    SLOT,
    UNMET,
    Codes,
    Flags,
    Outcomes,
    Rows,
    Values,
)
from matching.parameters import STAGE_CODES
from matching.schema import StageAssessment

Integers = NDArray[np.int64]

NO_STAGE = -1

# Upper ends of what is asked, per pair; None and NaN are unknown.
Asked = Integers | Values | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """One need beside ``r`` products, or one product beside ``r`` needs.

    The need's side is held per pair: a near miss is scored with the values that the need or
    the firm would have, a product with those of each need.

    Attributes
    ----------
    rows : int array, shape (r,)
        Rows of the catalogue.
    outcomes : int8 array, shape (criteria, r)
    met_terms : int array, shape (r,)
        How many stated terms are met.
    asked_amount_yuan, asked_term_months : int or float array, shape (r,), or None
        Upper end of what the need asks.
    stage : int8 array, shape (r,)
        Index into ``STAGE_CODES``, or NO_STAGE.
    is_settled : bool array, shape (r,)
        Whether the stage is declared, or inferred from facts that settle it.
    """

    rows: Rows
    outcomes: Codes
    met_terms: Integers
    asked_amount_yuan: Asked
    asked_term_months: Asked
    stage: Codes
    is_settled: Flags

    def outcome(self, slot: str) -> Codes:
        """Return one criterion's outcomes."""
        row: Codes = self.outcomes[SLOT[slot]]
        return row


def stage_index(assessment: StageAssessment) -> int:
    """Return the position of a stage, or NO_STAGE."""
    return NO_STAGE if assessment.stage is None else STAGE_CODES.index(assessment.stage)


def as_they_are(facts: Facts, catalogue: Catalogue, outcomes: Outcomes, rows: Rows) -> Pairs:
    """Take the need as it stands."""
    count = len(rows)
    met_terms = catalogue.terms.count(outcomes.terms == MET)[rows]
    return Pairs(
        rows=rows,
        outcomes=outcomes.table[:, rows],
        met_terms=met_terms,
        asked_amount_yuan=_upper_end(facts.amount, count),
        asked_term_months=_upper_end(facts.term, count),
        stage=np.full(count, stage_index(facts.stage), dtype=np.int8),
        is_settled=np.full(count, facts.stage.settled, dtype=np.bool_),
    )


def with_unmet_turned(pairs: Pairs, unmet_terms: Integers) -> Pairs:
    """Take every unmet criterion as met."""
    outcomes = np.where(pairs.outcomes == UNMET, np.int8(MET), pairs.outcomes)
    return replace(pairs, outcomes=outcomes, met_terms=pairs.met_terms + unmet_terms)


def _upper_end(asked: tuple[int, int] | None, count: int) -> Integers | None:
    if asked is None:
        return None
    return np.full(count, min(asked[1], HIGHEST), dtype=np.int64)
