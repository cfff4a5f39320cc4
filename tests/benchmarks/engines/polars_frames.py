"""Polars: chunks of needs joined with the products, filtered, scored and cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tests.benchmarks.encoding.masks import (
    COUNTED_BITS,
    IN_COMMON,
    STAGE_BITS,
    Column,
)
from tests.benchmarks.encoding.tables import Tables
from tests.benchmarks.engines.answers import TOP, Lists, from_rows
from tests.benchmarks.engines.keys import join_keys

# Pairs at a time, counted before the join.
_PAIRS = 4_000_000


class PolarsFrames:
    """Eager joins, chunk by chunk; Polars reads its number of threads when it starts."""

    name = "polars_handed_sums"

    def __init__(self, tables: Tables) -> None:
        self.about = (
            f"Polars {pl.__version__}，使用本引擎的部分和：按类型、阶段、地区分块连接"
            f"（{pl.thread_pool_size()} 线程）"
        )
        self._tables = tables
        self._count, self._width = tables.size
        needs = pl.DataFrame({**tables.needs, "n": np.arange(self._count)})
        products = pl.DataFrame({**tables.products, "p": np.arange(self._width)})
        (rows, keys), (product_rows, product_keys) = join_keys(tables, with_region=True)
        keyed = needs[rows].with_columns(key=keys)
        step = max(1, _PAIRS // self._width)
        self._chunks = keyed.with_columns(chunk=pl.col("n") // step).partition_by(
            "chunk", include_key=False
        )
        self._products = products[product_rows].with_columns(key=product_keys)
        self._early = [pl.Series(tables.early[..., stage].ravel()) for stage in range(4)]
        self._levels = {
            "region": pl.Series(tables.region_levels.ravel()),
            "industry": pl.Series(tables.industry_levels.ravel()),
        }
        self._likeness = pl.Series(tables.likeness.ravel())

    def rank(self) -> list[pl.DataFrame]:
        """Rank chunk by chunk."""
        return [self._rank_chunk(chunk) for chunk in self._chunks]

    def lists(self, answer: list[pl.DataFrame]) -> Lists:
        """Lay out the rows."""
        rows = pl.concat(answer)
        names = ("n", "place", "p", "eligible", "score")
        return from_rows(self._count, *(rows[name].to_numpy() for name in names))

    def _rank_chunk(self, needs: pl.DataFrame) -> pl.DataFrame:
        conditions = [pl.col(own) <= pl.col(limit) for own, limit in self._tables.at_most]
        conditions += [pl.col(own) >= pl.col(limit) for own, limit in self._tables.at_least]
        conditions += [(pl.col(name) & pl.col(f"{name}_right")) != 0 for name in IN_COMMON]
        conditions += [
            (pl.col("qualifications_missing") & pl.col("qualifications_all")) == 0,
            pl.col("excluded") != pl.col("institution"),
        ]
        return (
            needs.lazy()
            .join(self._products.lazy(), on="key")
            .filter(*conditions)
            .with_columns(waits=pl.col("waits") & pl.col("asks"))
            .with_columns(
                eligible=pl.col("waits") == 0,
                score=self._score(),
            )
            .select("n", "p", "eligible", "score")
            .sort("n", "eligible", "score", "p", descending=[False, True, True, False])
            .with_columns(place=pl.int_range(pl.len()).over("n"))
            .filter(pl.col("place") < TOP)
            .collect()
        )

    def _score(self) -> pl.Expr:
        is_open = (pl.col("stage_index") < 0) | ((pl.col("waits") & STAGE_BITS) != 0)
        totals = [self._total(stage) for stage in range(4)]
        own = pl.when(pl.col("stage_index") == 0).then(totals[0])
        for stage in (1, 2):
            own = own.when(pl.col("stage_index") == stage).then(totals[stage])
        chosen = (
            pl.when(is_open).then(pl.min_horizontal(totals)).otherwise(own.otherwise(totals[3]))
        )
        return pl.min_horizontal(chosen, 1.0)

    def _total(self, stage: int) -> pl.Expr:
        """Add the parts up in the order of the components."""
        tables = self._tables
        amount, term, text = tables.late_weights[stage].tolist()
        count = pl.col("stated") - (pl.col("waits") & COUNTED_BITS).bitwise_count_ones()
        return (
            self._looked_up(self._early[stage], "profile")
            + self._part(
                tables.region_parts[stage], self._looked_up(self._levels["region"], "region_row")
            )
            + self._part(
                tables.industry_parts[stage],
                self._looked_up(self._levels["industry"], "industry_row"),
            )
            + self._part(tables.requirement_parts[stage], count)
            + amount * _cover("asked_amount", "amount_limit")
            + term * self._term_cover()
            + text * self._looked_up(self._likeness, "text")
        )

    def _looked_up(self, values: pl.Series, row: str) -> pl.Expr:
        return pl.lit(values).gather(pl.col(row).cast(pl.Int64) * self._width + pl.col("p"))

    def _part(self, values: Column, place: pl.Expr) -> pl.Expr:
        return pl.lit(pl.Series(values)).gather(place)

    def _term_cover(self) -> pl.Expr:
        cover = pl.when("lends").then(_cover("asked_term", "term_limit"))
        return (
            pl.when(pl.col("asked_term").is_nan())
            .then(0.0)
            .otherwise(cover.otherwise(self._tables.neutral))
        )


def _cover(asked: str, limit: str) -> Any:
    """Return the share of what is asked that lies within a limit; unknown is 0."""
    within = pl.min_horizontal(pl.col(limit), pl.col(asked)) / pl.max_horizontal(pl.col(asked), 1.0)
    unknown = pl.col(asked).is_nan() | pl.col(limit).is_nan()
    return (
        pl.when(unknown)
        .then(0.0)
        .when(pl.col(asked) <= 0.0)
        .then(1.0)
        .otherwise(within.clip(0.0, 1.0))
    )
