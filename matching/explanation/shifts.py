"""Compare the verdicts of one need before and after something has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from matching.eligibility.catalogue import Catalogue
from matching.eligibility.outcomes import UNKNOWN_FIRM, UNMET, Codes, Flags, Rows
from matching.results import Shift, VerdictChange
from matching.schema import Verdict

# Where a product stands with a need, the best first.
ELIGIBLE: Final = 0
TO_CONFIRM: Final = 1
INELIGIBLE: Final = 2
NO_CANDIDATE: Final = 3

_NAMES: Final[tuple[Verdict | None, ...]] = ("eligible", "to_confirm", "ineligible", None)
_STANDING_OF_WORST: Final = np.select(
    [np.arange(UNMET + 1) == UNMET, np.arange(UNMET + 1) >= UNKNOWN_FIRM],
    [INELIGIBLE, TO_CONFIRM],
    ELIGIBLE,
).astype(np.int8)


def standings(worst: Codes, is_candidate: Flags) -> Codes:
    """Return where products stand, from the largest outcome of each.

    Both arrays have one shape, which the result has too.
    """
    standing: Codes = _STANDING_OF_WORST[worst]
    standing[~is_candidate] = NO_CANDIDATE
    return standing


def matching_changes(before: Codes, after: Codes) -> Flags:
    """Mark where the set of matches or the verdict of a match changes."""
    changed: Flags = (before != after) & (np.minimum(before, after) < INELIGIBLE)
    return changed


def build_shift(
    catalogue: Catalogue,
    rows: Rows,
    before: Codes,
    after: Codes,
    outcome_rows: Mapping[str, tuple[Codes, Codes]],
) -> Shift:
    """Name the products whose verdicts change.

    Parameters
    ----------
    rows : int array, shape (r,)
        Rows of the catalogue, ascending.
    before, after : int8 array, shape (r,)
        Standings of these products.
    outcome_rows : mapping of criterion to two int8 arrays, shape (r,)
        Outcomes before and after of every criterion that may have changed, in the order
        in which they are to be named.
    """
    gained: list[VerdictChange] = []
    lost: list[VerdictChange] = []
    moved: list[VerdictChange] = []
    for position in np.flatnonzero(matching_changes(before, after)).tolist():
        was, becomes = int(before[position]), int(after[position])
        product = catalogue.products[rows[position]]
        own = [
            criterion
            for criterion, (old, new) in outcome_rows.items()
            if old[position] != new[position]
        ]
        if NO_CANDIDATE in {was, becomes}:
            own.insert(0, "opens" if was == NO_CANDIDATE else "closes")
        change = VerdictChange(
            product.code, product.institution, _NAMES[was], _NAMES[becomes], tuple(own)
        )
        if was >= INELIGIBLE:
            gained.append(change)
        elif becomes >= INELIGIBLE:
            lost.append(change)
        else:
            moved.append(change)
    return Shift(tuple(gained), tuple(lost), tuple(moved))
