"""Where each pair stands among all matches of its need."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.allocation.pairs import CandidatePairs, Flags


class PairPlaces:
    """Pairs need by need in the order of ranking (semantics, section 5).

    Parameters
    ----------
    pairs : CandidatePairs
        All pairs of a catalogue; places count among them.

    Examples
    --------
    >>> from matching.schema import Need, Product
    >>> def product(code, institution):
    ...     return Product(code=code, institution=institution, name=code,
    ...         financing_type="credit_loan")
    >>> places = PairPlaces(CandidatePairs(
    ...     needs=[Need(code="N1", firm="F1")],
    ...     products=[product("P1", "B"), product("P2", "A")],
    ...     need=np.array([0, 0]),
    ...     product=np.array([0, 1]),
    ...     to_confirm=np.array([True, False]),
    ...     score=np.array([0.75, 0.5]),
    ... ))
    >>> places.of("N1", "P1"), places.of("N1", "P2")
    ((2, 0.75), (1, 0.5))
    >>> places.institutions("N1")
    ('A', 'B')
    """

    def __init__(self, pairs: CandidatePairs) -> None:
        codes = [product.code for product in pairs.products]
        by_code = np.empty(len(codes), np.int64)
        by_code[sorted(range(len(codes)), key=codes.__getitem__)] = np.arange(len(codes))
        order = np.lexsort((by_code[pairs.product], -pairs.score, pairs.to_confirm, pairs.need))
        self._products = pairs.products
        self._need_row = {need.code: row for row, need in enumerate(pairs.needs)}
        self._product_row = {code: row for row, code in enumerate(codes)}
        self._need, self._product = pairs.need[order], pairs.product[order]
        self._score = pairs.score[order]

    def of(self, need: str, product: str) -> tuple[int, float]:
        """Return a pair's place, counted from 1, and its score at full precision.

        Raises
        ------
        KeyError
            When the two are no pair.
        """
        start, end = self._range(need)
        found = np.flatnonzero(self._product[start:end] == self._product_row[product])
        if not len(found):
            raise KeyError((need, product))
        place = int(found[0])
        return place + 1, float(self._score[start + place])

    def institutions(self, need: str) -> tuple[str, ...]:
        """Return the codes of the institutions that have a pair with a need, ascending."""
        start, end = self._range(need)
        rows = self._product[start:end].tolist()
        return tuple(sorted({self._products[row].institution for row in rows}))

    def _range(self, need: str) -> tuple[int, int]:
        row = self._need_row[need]
        start, end = np.searchsorted(self._need, [row, row + 1]).tolist()
        return start, end


def keep_products(pairs: CandidatePairs, is_kept: Flags) -> CandidatePairs:
    """Return the pairs of some products, and only those products, for the same needs.

    Parameters
    ----------
    pairs : CandidatePairs
    is_kept : bool array, shape (number of products,)
    """
    rows = np.flatnonzero(is_kept)
    renumbered: npt.NDArray[np.int64] = np.cumsum(is_kept, dtype=np.int64) - 1
    chosen = is_kept[pairs.product]
    return CandidatePairs(
        needs=pairs.needs,
        products=[pairs.products[row] for row in rows.tolist()],
        need=pairs.need[chosen],
        product=renumbered[pairs.product[chosen]],
        to_confirm=pairs.to_confirm[chosen],
        score=pairs.score[chosen],
    )
