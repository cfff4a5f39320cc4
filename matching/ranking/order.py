"""The order of one need's matches."""

from __future__ import annotations

import numpy as np

from matching.eligibility.outcomes import UNKNOWN_FIRM, Codes, Rows, Values


def best_first(worst: Codes, scores: Values, rows: Rows, *, top: int | None = None) -> Rows:
    """Order pairs: eligible before to_confirm, higher score first, then product code.

    Parameters
    ----------
    worst : int8 array, shape (r,)
        Largest outcome per pair, none unmet.
    scores : float array, shape (r,)
        Compared at full precision.
    rows : int array, shape (r,)
        Catalogue rows, which stand in ascending order of product code.
    top : int or None
        How many to keep.

    Returns
    -------
    int array
        Positions within the given arrays, best first.
    """
    order = np.lexsort((rows, -scores, worst >= UNKNOWN_FIRM))
    return order if top is None else order[: max(top, 0)]
