"""What the statements in DuckDB share: tables, the join with its conditions, and the cut.

Tuned by hand: a hash join on what rules out most, with the other criteria as conditions of the
same join, so that DuckDB drops pairs before it fetches what they carry; what the score looks up
is joined by dense numbers, which DuckDB answers from an array; and the joins run as written,
since its own order of them, which expects a thousandth of the pairs, takes over half as long again
where partial sums are joined, and is no better where the whole score is computed.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.benchmarks.encoding.masks import IN_COMMON, STAGE_BITS, Column
from tests.benchmarks.encoding.tables import Tables
from tests.benchmarks.engines.answers import TOP, Lists, from_rows
from tests.benchmarks.engines.keys import join_keys

# What is NaN in the columns arrives as NULL.
_COVER = """CASE WHEN {asked} IS NULL OR {limit} IS NULL THEN 0.0 WHEN {asked} <= 0 THEN 1.0
ELSE greatest(least(least({limit}, {asked}) / greatest({asked}, 1.0), 1.0), 0.0) END"""
AMOUNT = _COVER.format(asked="asked_amount", limit="amount_limit")
_TERM = _COVER.format(asked="asked_term", limit="term_limit")
# {parts} computes what the totals add up from ``pairs``; {before} stands in front of that.
_STATEMENT = """
WITH {before} pairs AS MATERIALIZED (
    SELECT n.n, p.p, n.waits & p.asks AS waits
    FROM need_keys n JOIN product_keys p USING (key)
    WHERE {region} {conditions}
), parts AS (
    {parts}
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


class DuckdbStatement:
    """One SQL statement over tables in memory; what it scores with is left to others."""

    kind: str
    words: str

    def __init__(self, tables: Tables, *, threads: int, with_region: bool) -> None:
        self.name = self.kind if with_region else f"{self.kind}_type_stage"
        joined = "类型、阶段、地区" if with_region else "类型、阶段"
        self.about = f"DuckDB {duckdb.__version__}，{self.words}：按{joined}哈希连接，过滤，打分"
        self._tables = tables
        self._connection = duckdb.connect()
        self._connection.execute(f"SET threads = {threads}")
        self._connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        self._load(with_region=with_region)
        self._load_score()
        self._statement = self._compose(with_region=with_region)

    def rank(self) -> dict[str, Column]:
        """Run the statement."""
        return self._connection.execute(self._statement).fetchnumpy()

    def lists(self, answer: dict[str, Any]) -> Lists:
        """Lay out the rows."""
        columns = (answer[name] for name in ("p", "eligible", "score"))
        return from_rows(self._tables.size[0], answer["n"], answer["place"] - 1, *columns)

    def _load_score(self) -> None:
        """Store what the score is looked up in."""
        raise NotImplementedError

    def _before(self) -> str:
        """Return what the statement computes first, before it joins."""
        return ""

    def _parts(self) -> str:
        """Return the SELECT that fetches or computes what the totals add."""
        raise NotImplementedError

    def _totals(self) -> list[str]:
        """Return the sum under the weights of each stage."""
        raise NotImplementedError

    def _compose(self, *, with_region: bool) -> str:
        return _STATEMENT.format(
            before=self._before(),
            region="" if with_region else "(n.region & p.region) <> 0 AND",
            conditions=_conditions(self._tables),
            parts=self._parts(),
            stage_bits=STAGE_BITS,
            totals=self._totals(),
            top=TOP,
        )

    def _load(self, *, with_region: bool) -> None:
        tables = self._tables
        needs = pd.DataFrame({**tables.needs, "n": np.arange(tables.size[0])})
        products = pd.DataFrame({**tables.products, "p": np.arange(tables.size[1])})
        self._store("needs", needs)
        self._store("products", products.assign(**tables.score.products))
        sides = join_keys(tables, with_region=with_region)
        for name, frame, side in zip(("need", "product"), (needs, products), sides, strict=True):
            rows, keys = side
            self._store(f"{name}_keys", frame.iloc[rows].assign(key=keys))
        self._store_dense("likeness", {"text": tables.likeness.ravel()})

    def _store_dense(self, name: str, columns: dict[str, Column]) -> None:
        """Store rows that are found by their number."""
        frame = pd.DataFrame(columns)
        self._store(name, frame.assign(row=np.arange(len(frame))))

    def _store(self, name: str, frame: pd.DataFrame) -> None:
        self._connection.register("incoming", frame)
        self._connection.table("incoming").create(name)
        self._connection.unregister("incoming")


def term_cover(neutral: float) -> str:
    """Return the share of the asked term; neutral where nothing is lent."""
    return (
        f"CASE WHEN asked_term IS NULL THEN 0.0 WHEN lends THEN {_TERM} ELSE {double(neutral)} END"
    )


def double(value: float) -> str:
    """Return a literal that is no DECIMAL."""
    return f"{float(value)!r}::DOUBLE"


def _conditions(tables: Tables) -> str:
    """Return what is left to compare on the joined rows."""
    return " AND ".join(
        [f"n.{own} <= p.{limit}" for own, limit in tables.at_most]
        + [f"n.{own} >= p.{limit}" for own, limit in tables.at_least]
        + [f"(n.{name} & p.{name}) <> 0" for name in IN_COMMON]
        + ["(n.qualifications_missing & p.qualifications_all) = 0", "n.excluded <> p.institution"]
    )
