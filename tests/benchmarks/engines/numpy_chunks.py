"""NumPy in chunks: masks over whole chunks first, then pair by pair on what is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tests.benchmarks.encoding.masks import (
    COUNTED_BITS,
    IN_COMMON,
    STAGE_BITS,
    Column,
)
from tests.benchmarks.encoding.tables import Tables
from tests.benchmarks.engines.answers import TOP, Lists, from_rows

# Pairs at a time: the masks of a chunk then stay in a core's cache.
_PAIRS = 1 << 19
_OVER_ALL = (("types", "type"), ("stages", "stages"), ("region", "region"))


class NumpyChunks:
    """Broadcast the three most selective criteria, gather for the others."""

    name = "numpy_handed_sums"
    about = "NumPy 分块，使用本引擎的部分和：三项条件整块广播，其余只比较剩下的配对"

    def __init__(self, tables: Tables, *, threads: int) -> None:
        self._tables, self._threads = tables, threads
        self._needs, self._products = dict(tables.needs), dict(tables.products)
        for need, product in (*_OVER_ALL, *((name, name) for name in IN_COMMON)):
            self._narrow(need, product)

    def _narrow(self, need: str, product: str) -> None:
        """Hold masks in the smallest type that takes them."""
        needs, products = self._needs[need], self._products[product]
        kind = np.min_scalar_type(int(products.max()))
        self._products[product] = products.astype(kind)
        self._needs[need] = (needs & kind.type(np.iinfo(kind).max)).astype(kind)

    def rank(self) -> list[tuple[Column, ...]]:
        """Rank chunk by chunk."""
        needs, products = self._tables.size
        step = max(1, _PAIRS // products)
        starts = range(0, needs, step)
        if self._threads == 1:
            return [self._rank_chunk(start, start + step) for start in starts]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda start: self._rank_chunk(start, start + step), starts))

    def lists(self, answer: list[tuple[Column, ...]]) -> Lists:
        """Put the chunks together."""
        columns = [np.concatenate(parts) for parts in zip(*answer, strict=True)]
        return from_rows(self._tables.size[0], *columns)

    def _rank_chunk(self, start: int, end: int) -> tuple[Column, ...]:
        need, product = self._matches(slice(start, end))
        need += start
        waits = self._needs["waits"][need] & self._products["asks"][product]
        score = self._scores(need, product, waits)
        eligible = waits == 0
        # Products ascend within a need, and the sort is stable: ties need no key.
        order = np.lexsort((-score, ~eligible, need))
        need = need[order]
        first = np.flatnonzero(np.diff(need, prepend=-1))
        place = np.arange(len(need)) - np.repeat(first, np.diff(first, append=len(need)))
        kept = place < TOP
        order = order[kept]
        return need[kept], place[kept], product[order], eligible[order], score[order]

    def _matches(self, chunk: slice) -> tuple[Column, Column]:
        """Return the pairs that no criterion rules out, ascending."""
        needs, products = self._needs, self._products
        kept: Any = True
        for need_column, product_column in _OVER_ALL:
            own = needs[need_column][chunk, np.newaxis]
            kept = kept & ((own & products[product_column]) != 0)
        width = self._tables.size[1]
        places = np.flatnonzero(kept)
        need = places // width
        product = places - need * width
        need_offset = chunk.start

        def keep(marks: Column) -> None:
            nonlocal need, product
            need, product = need[marks], product[marks]

        for own_column, column in self._tables.at_most:
            keep(needs[own_column][need + need_offset] <= products[column][product])
        for own_column, column in self._tables.at_least:
            keep(needs[own_column][need + need_offset] >= products[column][product])
        for name in IN_COMMON:
            keep((needs[name][need + need_offset] & products[name][product]) != 0)
        missing = needs["qualifications_missing"][need + need_offset]
        keep((missing & products["qualifications_all"][product]) == 0)
        keep(needs["excluded"][need + need_offset] != products["institution"][product])
        return need, product

    def _scores(self, need: Column, product: Column, waits: Column) -> Column:
        """Add the parts up in the order of the components, under every stage that counts."""
        tables, needs = self._tables, self._needs
        stage = needs["stage_index"][need]
        is_open = (stage < 0) | ((waits & STAGE_BITS) != 0)
        levels = (
            needs["profile"][need],
            tables.region_levels[needs["region_row"][need], product],
            tables.industry_levels[needs["industry_row"][need], product],
            self._products["stated"][product] - np.bitwise_count(waits & COUNTED_BITS),
            cover(needs["asked_amount"][need], self._products["amount_limit"][product]),
            self._term_cover(needs["asked_term"][need], product),
            tables.likeness[needs["text"][need], product],
        )
        total = self._total(stage, product, levels)
        rows = np.flatnonzero(is_open)
        if len(rows):
            few = tuple(part[rows] for part in levels)
            totals = [
                self._total(np.full(len(rows), number), product[rows], few)
                for number in range(len(tables.late_weights))
            ]
            total[rows] = np.minimum.reduce(totals)
        return np.minimum(total, 1.0)

    def _total(self, stage: Column, product: Column, levels: tuple[Column, ...]) -> Column:
        tables = self._tables
        profile, region, industry, count, amount, term, text = levels
        weights = tables.late_weights[stage]
        total = tables.early[profile, product, stage]
        total += tables.region_parts[stage, region]
        total += tables.industry_parts[stage, industry]
        total += tables.requirement_parts[stage, count]
        total += weights[:, 0] * amount
        total += weights[:, 1] * term
        total += weights[:, 2] * text
        return total

    def _term_cover(self, asked: Column, product: Column) -> Column:
        share = cover(asked, self._products["term_limit"][product])
        share = np.where(self._products["lends"][product], share, self._tables.neutral)
        return np.where(np.isnan(asked), 0.0, share)


def cover(asked: Column, limit: Column) -> Column:
    """Return the share of what is asked that lies within a limit; unknown is 0."""
    share = np.clip(np.minimum(limit, asked) / np.maximum(asked, 1.0), 0.0, 1.0)
    share[asked <= 0.0] = 1.0
    return np.nan_to_num(share, nan=0.0)
