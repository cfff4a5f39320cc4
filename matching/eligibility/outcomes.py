"""Outcome codes and the table of outcomes of one need against all products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.schema import Outcome, Verdict
from matching.vocabulary import CRITERIA

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]
Values = NDArray[np.float64]

# Ordered, so that the largest outcome of a pair is its verdict. The two kinds of unknown
# differ in who can answer: the firm, or the institution that has not published a condition.
ABSENT: Final = 0
MET: Final = 1
UNKNOWN_FIRM: Final = 2
UNKNOWN_INSTITUTION: Final = 3
UNMET: Final = 4

OUTCOME_NAMES: Final[dict[int, Outcome]] = {
    MET: "met",
    UNKNOWN_FIRM: "unknown",
    UNKNOWN_INSTITUTION: "unknown",
    UNMET: "unmet",
}

# Verdict by the largest outcome of a pair; a pair without criteria is eligible.
VERDICT_NAMES: Final[tuple[Verdict, ...]] = (
    "eligible",
    "eligible",
    "to_confirm",
    "to_confirm",
    "ineligible",
)

# Rows of the table: the criteria in the order of the vocabulary (the row `terms` stands for
# undisclosed further conditions), then one row for the stated terms of a product together.
SLOTS: Final = (*CRITERIA, "stated_terms")
SLOT: Final = {code: number for number, code in enumerate(SLOTS)}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes of one need over ``n`` products.

    Attributes
    ----------
    table : int8 array, shape (len(SLOTS), n)
        Outcome code per criterion; the last row holds the worst stated term.
    terms : int8 array, one per distinct term of the catalogue
    worst : int8 array, shape (n,)
        The largest outcome of each product: its verdict.
    """

    table: Codes
    terms: Codes
    worst: Codes

    def row(self, slot: str) -> Codes:
        """Return one criterion's outcomes over all products."""
        row: Codes = self.table[SLOT[slot]]
        return row
