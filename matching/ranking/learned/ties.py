"""How institutions stand to those that financed a firm before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import sparse

from matching.ranking.learned.history import Floats, Integers

# The same institution again; firms in common; how much more of them than chance would bring.
TIES: Final = ("same", "together", "together_lift")

_PRIOR: Final = 1.0


class Ties:
    """What institutions have in common, by the firms that they financed.

    No tie is negative, and without an earlier financier there is none: knowing one more never
    lowers a pair.

    Parameters
    ----------
    firms, units : int array, shape (deals,)
        Known deals.
    count : int
        Number of units.
    """

    def __init__(self, firms: Integers, units: Integers, *, count: int) -> None:
        names, rows = np.unique(firms, return_inverse=True)
        of_firm = sparse.coo_array(
            (np.ones(len(rows)), (rows, units)), shape=(max(len(names), 1), count)
        ).tocsr()
        of_firm.data[:] = 1.0
        self._together = (of_firm.T @ of_firm).tocsr()
        self._firms_of: Floats = np.asarray(of_firm.sum(axis=0)).ravel()
        self._count = count

    def table(self, earlier: Integers) -> Floats:
        """Return each tie from some units to all, shape (len(TIES), len(earlier), units)."""
        together = self._together[earlier].toarray()
        places = np.arange(len(earlier))
        same = np.zeros_like(together)
        same[places, earlier] = 1.0
        together[places, earlier] = 0.0  # what an institution has in common with itself
        own = np.maximum(self._firms_of[earlier], 1.0)[:, np.newaxis]
        share = together / np.sqrt(own * np.maximum(self._firms_of, 1.0))
        every = max(float(self._firms_of.sum()), 1.0)
        expected = self._firms_of[earlier][:, np.newaxis] * (self._firms_of + _PRIOR) / every
        lift = np.log((together + _PRIOR) / (expected + _PRIOR))
        return np.stack([same, share, np.maximum(lift, 0.0)])

    def features(self, earlier: Sequence[Integers], units: Integers) -> Floats:
        """Return the strongest of each tie for pairs, shape (pairs, len(TIES)).

        Parameters
        ----------
        earlier : sequence of int array
            Per pair the units that had financed the firm.
        units : int array, shape (pairs,)
        """
        found = np.zeros((len(units), len(TIES)))
        wanted = sorted({tuple(own.tolist()) for own in earlier if len(own)})
        if not wanted:
            return found
        strongest = {own: self.table(np.array(own, dtype=np.int64)).max(axis=1) for own in wanted}
        for row, own in enumerate(earlier):
            if len(own):
                found[row] = strongest[tuple(own.tolist())][:, units[row]]
        return found
