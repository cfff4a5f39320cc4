"""Which features tell anything at all about who funds."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.ranking.learned.history import Floats, Integers

# Beyond this many standard errors. One feature in thirty thousand gets there by chance, so
# labels that mean nothing leave no feature and every candidate tied. A sign that is laid
# down beforehand would otherwise make a ranking of noise.
TELLING: Final = 4.0


def standard_scores(features: Floats, chosen: Integers, groups: Integers) -> Floats:
    """Return how surely each feature is higher where the candidate was chosen.

    Parameters
    ----------
    features : float array, shape (rows, features)
    chosen : int array, shape (rows,)
    groups : int array, shape (rows,)
        The need of each row, from 0.

    Returns
    -------
    float array, shape (features,)
        Mean of chosen less the mean of those not chosen of the same need, in standard errors;
        0 where that does not vary or fewer than two needs compare.
    """
    picked = chosen > 0
    count = int(groups.max()) + 1
    others = np.bincount(groups[~picked], minlength=count)
    rows = np.flatnonzero(picked & (others[groups] > 0))
    scores = np.zeros(features.shape[1])
    if len(rows) < 2:
        return scores
    for place, column in enumerate(features.T):
        of_need = np.bincount(groups[~picked], column[~picked], minlength=count)
        differences = column[rows] - (of_need / np.maximum(others, 1))[groups[rows]]
        error = float(differences.std(ddof=1)) / np.sqrt(len(rows))
        if error > 1e-12:
            scores[place] = float(differences.mean()) / error
    return scores
