"""DuckDB: a hash join on what rules out most, then filter, score and cut in one statement.

Tuned by hand: the other criteria are conditions of the same join, so that DuckDB drops pairs
before it fetches what they carry; what the score looks up is joined by dense numbers, which
DuckDB answers from an array; and the joins run as written, since its own order of them, which
expects a thousandth of the pairs, takes half as long again.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.benchmarks.encoding.masks import (
    COUNTED_BITS,
    IN_COMMON,
    STAGE_BITS,
    Column,
)
from tests.benchmarks.encoding.tables import Tables
from tests.benchmarks.engines.answers import TOP, Lists, from_rows
from tests.benchmarks.engines.keys import join_keys

# What is NaN in the columns arrives as NULL.
_COVER = """CASE WHEN {asked} IS NULL OR {limit} IS NULL THEN 0.0 WHEN {asked} <= 0 THEN 1.0
ELSE greatest(least(least({limit}, {asked}) / greatest({asked}, 1.0), 1.0), 0.0) END"""
_AMOUNT = _COVER.format(asked="asked_amount", limit="amount_limit")
_TERM = _COVER.format(asked="asked_term", limit="term_limit")
_STATEMENT = """
WITH pairs AS MATERIALIZED (
    SELECT n.n, p.p, n.waits & p.asks AS waits
    FROM need_keys n JOIN product_keys p USING (key)
    WHERE {region} {conditions}
), parts AS (
    SELECT pairs.n, pairs.p, pairs.waits, stage_index, e0, e1, e2, e3, r0, r1, r2, r3,
        i0, i1, i2, i3, q0, q1, q2, q3, likeness.text, {amount} AS amount,
        CASE WHEN asked_term IS NULL THEN 0.0 WHEN lends THEN {term}
        ELSE {neutral}::DOUBLE END AS term
    FROM pairs JOIN needs ON needs.n = pairs.n JOIN products ON products.p = pairs.p
    JOIN early ON early.row = profile * {products} + pairs.p
    JOIN region ON region.row = region_row * {products} + pairs.p
    JOIN industry ON industry.row = industry_row * {products} + pairs.p
    JOIN likeness ON likeness.row = needs.text * {products} + pairs.p
    JOIN requirement ON requirement.row = stated - bit_count(pairs.waits & {counted})
), scored AS (
    SELECT n, p, waits = 0 AS eligible, least(CASE
        WHEN stage_index < 0 OR (waits & {stage_bits}) <> 0
        THEN least({totals[0]}, {totals[1]}, {totals[2]}, {totals[3]})
        WHEN stage_index = 0 THEN {totals[0]} WHEN stage_index = 1 THEN {totals[1]}
        WHEN stage_index = 2 THEN {totals[2]} ELSE {totals[3]} END, 1.0) AS score
    FROM parts
)
SELECT *, row_number() OVER (PARTITION BY n ORDER BY eligible DESC, score DESC, p) AS place
FROM scored QUALIFY place <= {top}
"""


class DuckdbSql:
    """One SQL statement over tables in memory."""

    def __init__(self, tables: Tables, *, threads: int, with_region: bool) -> None:
        self.name = "duckdb" if with_region else "duckdb_type_stage"
        joined = "类型、阶段、地区" if with_region else "类型、阶段"
        self.about = f"DuckDB {duckdb.__version__}：按{joined}哈希连接，再过滤、打分、取前 {TOP}"
        self._count = tables.size[0]
        self._connection = duckdb.connect()
        self._connection.execute(f"SET threads = {threads}")
        self._connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        self._load(tables, with_region=with_region)
        self._statement = _statement(tables, with_region=with_region)

    def rank(self) -> dict[str, Column]:
        """Run the statement."""
        return self._connection.execute(self._statement).fetchnumpy()

    def lists(self, answer: dict[str, Any]) -> Lists:
        """Lay out the rows."""
        columns = (answer[name] for name in ("p", "eligible", "score"))
        return from_rows(self._count, answer["n"], answer["place"] - 1, *columns)

    def _load(self, tables: Tables, *, with_region: bool) -> None:
        needs = pd.DataFrame({**tables.needs, "n": np.arange(tables.size[0])})
        products = pd.DataFrame({**tables.products, "p": np.arange(tables.size[1])})
        self._store("needs", needs)
        self._store("products", products)
        sides = join_keys(tables, with_region=with_region)
        for name, frame, side in zip(("need", "product"), (needs, products), sides, strict=True):
            rows, keys = side
            self._store(f"{name}_keys", frame.iloc[rows].assign(key=keys))
        self._store_parts("early", "e", tables.early)
        for name, letter, parts, levels in (
            ("region", "r", tables.region_parts, tables.region_levels),
            ("industry", "i", tables.industry_parts, tables.industry_levels),
        ):
            self._store_parts(name, letter, parts.T[levels])
        self._store_parts("requirement", "q", tables.requirement_parts.T)
        self._store("likeness", _numbered({"text": tables.likeness.ravel()}))

    def _store_parts(self, name: str, letter: str, parts: Column) -> None:
        """Store values of each stage, the last axis."""
        columns = {f"{letter}{stage}": parts[..., stage].ravel() for stage in range(4)}
        self._store(name, _numbered(columns))

    def _store(self, name: str, frame: pd.DataFrame) -> None:
        self._connection.register("incoming", frame)
        self._connection.table("incoming").create(name)
        self._connection.unregister("incoming")


def _numbered(columns: dict[str, Column]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(row=np.arange(len(frame)))


def _statement(tables: Tables, *, with_region: bool) -> str:
    totals = [
        f"e{stage} + r{stage} + i{stage} + q{stage} + {weights[0]!r}::DOUBLE * amount"
        f" + {weights[1]!r}::DOUBLE * term + {weights[2]!r}::DOUBLE * text"
        for stage, weights in enumerate(tables.late_weights.tolist())
    ]
    return _STATEMENT.format(
        region="" if with_region else "(n.region & p.region) <> 0 AND",
        conditions=_conditions(tables),
        amount=_AMOUNT,
        term=_TERM,
        neutral=float(tables.neutral),
        products=tables.size[1],
        counted=COUNTED_BITS,
        stage_bits=STAGE_BITS,
        totals=totals,
        top=TOP,
    )


def _conditions(tables: Tables) -> str:
    """Return what is left to compare on the joined rows."""
    return " AND ".join(
        [f"n.{own} <= p.{limit}" for own, limit in tables.at_most]
        + [f"n.{own} >= p.{limit}" for own, limit in tables.at_least]
        + [f"(n.{name} & p.{name}) <> 0" for name in IN_COMMON]
        + ["(n.qualifications_missing & p.qualifications_all) = 0", "n.excluded <> p.institution"]
    )
