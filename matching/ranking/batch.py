"""Rank many needs at once: the compiled engine, on all cores, with the bits of the plain one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.bitmaps import pack
from matching.eligibility.catalogue import Catalogue
from matching.eligibility.columns import NeedColumns, TextColumn
from matching.eligibility.engine import NumpyEngine
from matching.eligibility.index import ProductIndex
from matching.eligibility.outcomes import VERDICT_NAMES, Flags, Rows, Values
from matching.parameters import Parameters
from matching.ranking.layout import (
    ELIGIBLE_BIT,
    PRODUCT_BITS,
    Desk,
    Filters,
    GroupLists,
    NeedLists,
)
from matching.schema import Product, Shortlist, Verdict
from matching.scoring.learned import LearnedSource
from matching.scoring.tables import NeedScores, ProductScores, ScoreTables
from matching.scoring.text import ProductTexts

# Needs that a thread takes at a time: enough to cost nothing, few enough to share evenly.
_SHARE: Final = 4096
# Tables beyond this many bytes do not stay in the processor's cache.
_FAR: Final = 1 << 23
_PRODUCT_MASK: Final = (1 << PRODUCT_BITS) - 1


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of pairs, best first; of list ``i`` the first ``lengths[i]`` places are used.

    Attributes
    ----------
    lengths : int32 array, shape (lists,)
    keys : int64 array, shape (lists, top)
        Verdict and score in one number (see ``layout``).
    needs, products : int32 array, shape (lists, top)
        Positions of the pairs' needs (None where a list is one need's) and products.
    """

    lengths: NDArray[np.int32]
    keys: NDArray[np.int64]
    products: NDArray[np.int32]
    needs: NDArray[np.int32] | None = None

    @property
    def scores(self) -> Values:
        """Return the scores, shape (lists, top)."""
        return (self.keys & ~np.int64(ELIGIBLE_BIT)).view(np.float64)

    @property
    def is_eligible(self) -> Flags:
        """Say which pairs are eligible; the others are to confirm."""
        return self.keys >= ELIGIBLE_BIT


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch found.

    Attributes
    ----------
    by_need : Lists
        Per need its best products, best first.
    by_group : Lists or None
        Per group of products its best pairs: verdict, score, then need code and product code.
    eligible, to_confirm : int32 array, shape (needs,)
        How many products have each verdict, also beyond the cut.
    """

    by_need: Lists
    by_group: Lists | None
    eligible: NDArray[np.int32]
    to_confirm: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Groups:
    """A partition of the products, for example by institution.

    Attributes
    ----------
    of_product : int32 array, shape (products,)
    count : int
        Number of groups.
    """

    of_product: NDArray[np.int32]
    count: int


class BatchRanker:
    """Ranks the products of one catalogue for needs held as columns.

    Parameters
    ----------
    index : ProductIndex
    tables : ScoreTables
        Of the same catalogue.
    """

    def __init__(self, index: ProductIndex, tables: ScoreTables) -> None:
        self.index = index
        self._tables = tables
        self._everyone = pack(np.ones(len(index.catalogue), dtype=np.bool_))

    @classmethod
    def of(
        cls,
        products: Iterable[Product],
        parameters: Parameters,
        learned: LearnedSource | None = None,
    ) -> BatchRanker:
        """Encode products with distinct codes, in any order."""
        catalogue = Catalogue(products)
        engine = NumpyEngine(catalogue)
        index = ProductIndex(catalogue, engine)
        texts = ProductTexts(catalogue.products)
        most = int(index.stated.max(initial=0))
        side = None if learned is None else learned.beside(catalogue.products)
        return cls(index, ScoreTables(catalogue, engine, texts, parameters, most, side))

    @property
    def products(self) -> tuple[Product, ...]:
        """Return the products by position, in ascending order of code."""
        return self.index.catalogue.products

    def encode(self, needs: NeedColumns) -> EncodedNeeds:
        """Look up what the needs ask of the catalogue; may be kept and ranked many times."""
        entries = self.index.encode(needs)
        products, own = self._tables.encode(needs)
        order = np.arange(len(needs), dtype=np.int32)
        if products.early.nbytes > _FAR:
            # Neighbours then read the same tables, which stay near.
            order = np.argsort(own.early, kind="stable").astype(np.int32)
        return EncodedNeeds(needs.codes, entries, products, own, order)

    def rank(
        self,
        needs: EncodedNeeds,
        *,
        top: int,
        groups: Groups | None = None,
        group_top: int = 0,
        threads: int | None = None,
        alive: Flags | None = None,
    ) -> BatchResult:
        """Rank the products for each need, and the needs for each group of products.

        Parameters
        ----------
        needs : EncodedNeeds
            Encoded by this ranker.
        top, group_top : int
            How many to keep per need and per group.
        groups : Groups or None
            None keeps the needs' side alone.
        threads : int or None
            Changes speed, never the result. None takes every core.
        alive : bool array, shape (products,), or None
            Products that take part; None is all.
        """
        from matching.ranking.kernel import rank_needs  # noqa: PLC0415 - loads the compiler

        count = len(needs)
        top = min(top, len(self.index.catalogue))
        lists = _need_lists(count, top)
        filters = self._filters(needs, alive)
        workers = min(threads or os.cpu_count() or 1, max(1, -(-count // _SHARE)))
        own = [
            _group_lists(len(self.index.catalogue), groups, group_top if groups else 0)
            for _ in range(workers)
        ]

        def work(worker: int) -> None:
            desk = self._desk(needs)
            for start in range(worker * _SHARE, count, workers * _SHARE):
                order = needs.order[start : start + _SHARE]
                rank_needs(filters, needs.products, needs.own, order, desk, lists, own[worker])

        if workers == 1:
            work(0)
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(work, range(workers)))
        return BatchResult(
            by_need=Lists(lists.lengths, lists.keys, lists.products),
            by_group=_merged(own, group_top) if groups else None,
            eligible=lists.eligible,
            to_confirm=lists.to_confirm,
        )

    def _filters(self, needs: EncodedNeeds, alive: Flags | None) -> Filters:
        index = self.index
        return Filters(
            kept=index.rows.kept,
            open=index.rows.open,
            alive=self._everyone if alive is None else pack(alive),
            disclosed=index.disclosed,
            stated=index.stated,
            counted=index.counted,
            entries=needs.entries,
            stage_group=index.groups.index("stage"),
        )

    def _desk(self, needs: EncodedNeeds) -> Desk:
        words = len(self._everyone)
        return Desk(
            eligible=np.zeros(words, dtype=np.uint64),
            to_confirm=np.zeros(words, dtype=np.uint64),
            open_groups=np.zeros(len(self.index.groups), dtype=np.int64),
            wanted=np.zeros(needs.products.vocabulary, dtype=np.int64),
            learned=np.zeros(needs.own.learned.shape[1], dtype=np.int64),
            learned_open=np.zeros(needs.own.learned.shape[1], dtype=np.int64),
            products=np.zeros((1, len(self.index.catalogue)), dtype=np.int32),
            keys=np.zeros((1, len(self.index.catalogue)), dtype=np.int64),
        )


@dataclass(frozen=True, slots=True)
class EncodedNeeds:
    """Needs as a ranker's kernel reads them."""

    codes: Sequence[str]
    entries: NDArray[np.int32]
    products: ProductScores
    own: NeedScores
    order: NDArray[np.int32]

    def __len__(self) -> int:
        """Count the needs."""
        return len(self.codes)

    def take(self, positions: Rows) -> EncodedNeeds:
        """Return some of the needs."""
        own = self.own
        text = TextColumn(own.text_starts, own.text_columns, own.text_units).take(positions)
        return EncodedNeeds(
            codes=[self.codes[position] for position in positions.tolist()],
            entries=self.entries[positions],
            products=self.products,
            own=NeedScores(
                early=own.early[positions],
                stage=own.stage[positions],
                region=own.region[positions],
                industry=own.industry[positions],
                asked_amount=own.asked_amount[positions],
                asked_term=own.asked_term[positions],
                learned=own.learned[positions],
                learned_open=own.learned_open[positions],
                text_starts=text.starts,
                text_columns=text.columns,
                text_units=text.units,
            ),
            order=np.arange(len(positions), dtype=np.int32),
        )


def name_lists(needs: Sequence[str], products: Sequence[str], lists: Lists) -> Iterator[Shortlist]:
    """Name the needs and products of lists of needs."""
    rows, scores, marks = lists.products.tolist(), lists.scores.tolist(), lists.is_eligible.tolist()
    for number, length in enumerate(lists.lengths.tolist()):
        yield Shortlist(
            code=needs[number],
            products=tuple(products[row] for row in rows[number][:length]),
            verdicts=tuple(_VERDICTS[mark] for mark in marks[number][:length]),
            scores=tuple(scores[number][:length]),
        )


_VERDICTS: Final[dict[bool, Verdict]] = {True: VERDICT_NAMES[0], False: VERDICT_NAMES[2]}


def _need_lists(count: int, top: int) -> NeedLists:
    return NeedLists(
        keys=np.zeros((count, top), dtype=np.int64),
        products=np.zeros((count, top), dtype=np.int32),
        lengths=np.zeros(count, dtype=np.int32),
        eligible=np.zeros(count, dtype=np.int32),
        to_confirm=np.zeros(count, dtype=np.int32),
    )


def _group_lists(products: int, groups: Groups | None, top: int) -> GroupLists:
    count = 0 if groups is None else groups.count
    return GroupLists(
        group_of=np.zeros(products, dtype=np.int32) if groups is None else groups.of_product,
        keys=np.empty((count, top), dtype=np.int64),
        ties=np.empty((count, top), dtype=np.int64),
        lengths=np.zeros(count, dtype=np.int32),
    )


def _merged(parts: Sequence[GroupLists], top: int) -> Lists:
    """Put the lists of all threads together.

    The order of pairs is total, so that nothing depends on which thread found what.
    """
    keys = np.concatenate([part.keys for part in parts], axis=1)
    ties = np.concatenate([part.ties for part in parts], axis=1)
    unused = np.concatenate(
        [np.arange(part.keys.shape[1]) >= part.lengths[:, np.newaxis] for part in parts], axis=1
    )
    keys[unused] = ties[unused] = 0
    order = np.lexsort((ties, -keys, unused))[:, :top]
    keys, ties = np.take_along_axis(keys, order, 1), np.take_along_axis(ties, order, 1)
    return Lists(
        lengths=np.minimum((~unused).sum(axis=1), top).astype(np.int32),
        keys=keys,
        products=(ties & _PRODUCT_MASK).astype(np.int32),
        needs=(ties >> PRODUCT_BITS).astype(np.int32),
    )
