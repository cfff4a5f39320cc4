"""Lists that are held: a changed product or need costs its own share, not all again.

The catalogue is indexed once. A product that changes is retired from the index and kept beside
it as a column: the needs that it suits, with their keys. Lists that lose it and may have
somebody waiting behind their end are ranked again; all others are edited in place. Changed
needs are kept in a segment of their own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.columns import NeedColumns
from matching.eligibility.need_facts import NeedFacts
from matching.eligibility.outcomes import Flags, Rows
from matching.parameters import Parameters
from matching.ranking.batch import BatchRanker, EncodedNeeds, name_lists
from matching.ranking.batch import Lists as BatchLists
from matching.ranking.layout import ELIGIBLE_BIT
from matching.ranking.list_edits import EDITED, SHORT_OF_ONE, Lists, insert_pairs, replace_product
from matching.ranking.product_side import NeedsOfProduct, rank_needs_of
from matching.schema import Product, Shortlist

_NO_MATCH: Final = -1
# Room between the places of two products for the codes that come between them.
_GAP: Final = 1 << 16
# With more products kept beside the index, it is built anew.
MOST_BESIDE: Final = 64


@dataclass(slots=True)
class _Segment:
    """Some needs with their lists, and the columns of the products beside the index."""

    columns: NeedColumns
    facts: NeedFacts
    encoded: EncodedNeeds
    lists: Lists
    eligible: NDArray[np.int32]
    to_confirm: NDArray[np.int32]
    alive: Flags
    rows: dict[str, int]
    beside: dict[str, NeedsOfProduct] = field(default_factory=dict)


class HeldRanking:
    """The best products of held needs, equal at every moment to ranking all again.

    Parameters
    ----------
    products : iterable of Product
        With distinct codes, in any order.
    needs : NeedColumns
    top : int
        How many to keep per need, at least 1.
    parameters : Parameters
        Of the day of the needs.
    """

    def __init__(
        self,
        products: Iterable[Product],
        needs: NeedColumns,
        *,
        top: int,
        parameters: Parameters,
    ) -> None:
        if top < 1:
            raise ValueError(f"top {top}: keep at least one product per need")
        self._parameters = parameters
        self._top = top
        self._products = {product.code: product for product in products}
        self._segments: list[_Segment] = []
        self._build([needs])

    @property
    def products(self) -> Mapping[str, Product]:
        """Return the products by code."""
        return self._products

    def __iter__(self) -> Iterator[Shortlist]:
        """Yield the lists of all needs in ascending order of code."""
        found = [
            shortlist
            for segment in self._segments
            for shortlist in self._name(segment, np.flatnonzero(segment.alive))
        ]
        return iter(sorted(found, key=lambda shortlist: shortlist.code))

    def shortlist(self, code: str) -> Shortlist:
        """Return the list of one need."""
        for segment in self._segments:
            row = segment.rows.get(code)
            if row is not None and segment.alive[row]:
                return next(self._name(segment, np.array([row])))
        raise KeyError(f"no need {code} is held")

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return how many products are eligible and to confirm for each need."""
        return {
            segment.columns.codes[row]: (int(segment.eligible[row]), int(segment.to_confirm[row]))
            for segment in self._segments
            for row in np.flatnonzero(segment.alive).tolist()
        }

    def change_product(self, code: str, product: Product | None) -> tuple[str, ...]:
        """Put a product that is new, changed or gone (None) into all lists.

        Returns
        -------
        tuple of str
            Codes of the needs in whose lists it stood or stands, ascending.
        """
        if product is not None and product.code != code:
            raise ValueError(f"product {product.code} under the code {code}")
        old = self._products.get(code)
        if old is None and product is None:
            return ()
        old_id, new_id = self._ids.get(code, -1), self._id_beside(code)
        edited: list[str] = []
        for segment in self._segments:
            rows = self._change_segment(segment, code, old, product, old_id, new_id)
            edited += [segment.columns.codes[row] for row in rows[segment.alive[rows]].tolist()]
        self._ids[code] = new_id
        if product is None:
            del self._products[code]
        else:
            self._products[code] = product
        if len(self._beside) > MOST_BESIDE:
            self._build([segment.columns for segment in self._segments])
        return tuple(sorted(edited))

    def change_needs(self, needs: NeedColumns, *, gone: Iterable[str] = ()) -> None:
        """Put needs that are new or changed beside the others, and drop those that are gone."""
        self._drop({*needs.codes, *gone})
        if len(needs):
            self._segments.append(self._rank_segment(needs))

    def _drop(self, codes: set[str]) -> None:
        for segment in self._segments:
            rows = [segment.rows[code] for code in codes if code in segment.rows]
            segment.alive[rows] = False

    def _build(self, parts: list[NeedColumns]) -> None:
        """Index all products anew and rank everything."""
        alive = [segment.alive for segment in self._segments]
        self._ranker = BatchRanker.of(self._products.values(), self._parameters)
        self._codes = [product.code for product in self._ranker.products]
        self._names = list(self._codes)
        self._ids = {code: number for number, code in enumerate(self._codes)}
        self._indexed = np.ones(len(self._codes), dtype=np.bool_)
        self._beside: dict[str, int] = {}
        self._places = (np.arange(len(self._codes) + MOST_BESIDE + 1, dtype=np.int64) + 1) * _GAP
        self._segments = [self._rank_segment(columns) for columns in parts]
        for segment, marks in zip(self._segments, alive, strict=False):
            segment.alive = marks

    def _rank_segment(self, columns: NeedColumns) -> _Segment:
        encoded = self._ranker.encode(columns)
        result = self._ranker.rank(encoded, top=self._top, alive=self._indexed)
        lists = self._with_room(result.by_need)
        segment = _Segment(
            columns=columns,
            facts=NeedFacts(columns, encoded.products.vocabulary),
            encoded=encoded,
            lists=lists,
            eligible=result.eligible,
            to_confirm=result.to_confirm,
            alive=np.ones(len(columns), dtype=np.bool_),
            rows={code: row for row, code in enumerate(columns.codes)},
        )
        rows: Rows = np.arange(len(columns), dtype=np.intp)
        for code, number in self._beside.items():
            found = segment.beside[code] = self._needs_of(self._products.get(code), segment)
            _count(segment, found, by=1)
            self._insert_beside(segment.lists, rows, found, number)
        return segment

    def _needs_of(self, product: Product | None, segment: _Segment) -> NeedsOfProduct:
        if product is None:
            return NeedsOfProduct(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64))
        return rank_needs_of(product, segment.facts, self._parameters)

    def _with_room(self, found: BatchLists) -> Lists:
        """Return lists with room for ``top``, also where there are fewer products."""
        keys = np.zeros((len(found.lengths), self._top), dtype=np.int64)
        products = np.zeros((len(found.lengths), self._top), dtype=np.int32)
        keys[:, : found.keys.shape[1]] = found.keys
        products[:, : found.keys.shape[1]] = found.products
        return Lists(keys, products, found.lengths)

    def _id_beside(self, code: str) -> int:
        """Return what lists call a product beside the index; retire it from the index."""
        if code not in self._beside:
            self._beside[code] = len(self._names)
            self._names.append(code)
            if code in self._ids:
                self._indexed[self._ids[code]] = False
            self._put_in_place()
        return self._beside[code]

    def _put_in_place(self) -> None:
        """Give each product beside the index its place in the order of codes."""
        last = -1
        for code in sorted(self._beside):
            gap = bisect_left(self._codes, code)
            if gap < len(self._codes) and self._codes[gap] == code:
                place = (gap + 1) * _GAP
            else:
                place = max(gap * _GAP, last) + 1
            self._places[self._beside[code]] = last = place

    def _change_segment(
        self,
        segment: _Segment,
        code: str,
        old: Product | None,
        new: Product | None,
        old_id: int,
        new_id: int,
    ) -> Rows:
        """Return the rows whose lists were edited."""
        before = segment.beside.get(code)
        if before is None:
            before = self._needs_of(old, segment)
        after = segment.beside[code] = self._needs_of(new, segment)
        rows = np.union1d(before.positions, after.positions)
        keys = np.full(len(rows), _NO_MATCH, dtype=np.int64)
        keys[np.searchsorted(rows, after.positions)] = after.keys
        counts = segment.eligible + segment.to_confirm
        became = replace_product(segment.lists, counts, rows, keys, old_id, new_id, self._places)
        _count(segment, before, by=-1)
        _count(segment, after, by=1)
        self._rank_again(segment, rows[became == SHORT_OF_ONE])
        edited: Rows = rows[became >= EDITED]
        return edited

    def _rank_again(self, segment: _Segment, rows: Rows) -> None:
        """Rank some needs of a segment from the index and from what stands beside it."""
        if not len(rows):
            return
        encoded = segment.encoded.take(rows)
        found = self._ranker.rank(encoded, top=self._top, alive=self._indexed, threads=1).by_need
        lists = self._with_room(found)
        for code, number in self._beside.items():
            self._insert_beside(lists, rows, segment.beside[code], number)
        segment.lists.keys[rows] = lists.keys
        segment.lists.products[rows] = lists.products
        segment.lists.lengths[rows] = lists.lengths

    def _insert_beside(self, lists: Lists, rows: Rows, found: NeedsOfProduct, number: int) -> None:
        """Offer a product beside the index to the lists of some needs, whose rows ascend."""
        _, of_list, of_found = np.intersect1d(
            rows, found.positions, assume_unique=True, return_indices=True
        )
        insert_pairs(lists, of_list, found.keys[of_found], number, self._places)

    def _name(self, segment: _Segment, rows: Rows) -> Iterator[Shortlist]:
        lists = segment.lists
        chosen = BatchLists(lists.lengths[rows], lists.keys[rows], lists.products[rows])
        codes = [segment.columns.codes[row] for row in rows.tolist()]
        return name_lists(codes, self._names, chosen)


def _count(segment: _Segment, found: NeedsOfProduct, *, by: int) -> None:
    """Count a product's matches in or out."""
    is_eligible = found.keys >= ELIGIBLE_BIT
    segment.eligible[found.positions[is_eligible]] += by
    segment.to_confirm[found.positions[~is_eligible]] += by
