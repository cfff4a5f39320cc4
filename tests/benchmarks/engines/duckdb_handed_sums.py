"""DuckDB, handed the partial sums of the compiled engine."""

from __future__ import annotations

from tests.benchmarks.encoding.masks import COUNTED_BITS, Column
from tests.benchmarks.engines.duckdb_statement import AMOUNT, DuckdbStatement, double, term_cover

_PARTS = """
    SELECT pairs.n, pairs.p, pairs.waits, stage_index, e0, e1, e2, e3, r0, r1, r2, r3,
        i0, i1, i2, i3, q0, q1, q2, q3, likeness.text, {amount} AS amount, {term} AS term
    FROM pairs JOIN needs ON needs.n = pairs.n JOIN products ON products.p = pairs.p
    JOIN early ON early.row = profile * {products} + pairs.p
    JOIN region ON region.row = region_row * {products} + pairs.p
    JOIN industry ON industry.row = industry_row * {products} + pairs.p
    JOIN likeness ON likeness.row = needs.text * {products} + pairs.p
    JOIN requirement ON requirement.row = stated - bit_count(pairs.waits & {counted})
"""


class DuckdbHandedSums(DuckdbStatement):
    """Looks up seven components per profile of needs as one sum, the others weighted."""

    kind = "duckdb_handed_sums"
    words = "使用本引擎的部分和"

    def _load_score(self) -> None:
        tables = self._tables
        self._store_parts("early", "e", tables.early)
        for name, letter, parts, levels in (
            ("region", "r", tables.region_parts, tables.region_levels),
            ("industry", "i", tables.industry_parts, tables.industry_levels),
        ):
            self._store_parts(name, letter, parts.T[levels])
        self._store_parts("requirement", "q", tables.requirement_parts.T)

    def _store_parts(self, name: str, letter: str, parts: Column) -> None:
        """Store values of each stage, the last axis."""
        columns = {f"{letter}{stage}": parts[..., stage].ravel() for stage in range(4)}
        self._store_dense(name, columns)

    def _parts(self) -> str:
        return _PARTS.format(
            amount=AMOUNT,
            term=term_cover(self._tables.neutral),
            products=self._tables.size[1],
            counted=COUNTED_BITS,
        )

    def _totals(self) -> list[str]:
        return [
            f"e{stage} + r{stage} + i{stage} + q{stage} + {double(weights[0])} * amount"
            f" + {double(weights[1])} * term + {double(weights[2])} * text"
            for stage, weights in enumerate(self._tables.late_weights.tolist())
        ]
