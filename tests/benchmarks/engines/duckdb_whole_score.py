"""DuckDB, computing the whole score in SQL from what products and needs state.

The thirteen components stand in the order of ``COMPONENTS`` and are added up in it, under the
weights of the need's stage or, where that is open, of each stage. What hangs on a product alone is
computed once per product, first in the statement. Tried and no faster: masks per level of region
and industry instead of a lookup, the conditions' value from a table, weights as columns of needs,
values or totals materialised, and needs of open stage apart.
"""

from __future__ import annotations

from matching.parameters import COMPONENTS
from tests.benchmarks.encoding.masks import BIT, COUNTED_BITS, STAGE_BITS
from tests.benchmarks.engines.duckdb_statement import AMOUNT, DuckdbStatement, double, term_cover

# least() and greatest() pass over NULL, so what is not stated comes first.
_FALLING = """CASE WHEN {amount} IS NULL THEN 0.0 ELSE greatest(least(
    ({worst} - {amount}) / ({worst} - {best}), 1.0::DOUBLE), 0.0::DOUBLE) END"""
_OFFERS = """offers AS MATERIALIZED (
    SELECT p, lends, stated, amount_limit, term_limit, stage_focus,
        CASE WHEN stages_stated = 0 THEN {any_stage}
            ELSE {any_stage} + (1.0::DOUBLE - {any_stage}) / stages_stated END AS stage_fit,
        CASE WHEN lends THEN {cost} ELSE {neutral} END AS cost,
        green_promises / 3.0::DOUBLE AS green_channel,
        {speed} AS speed,
        CASE WHEN tech_fields_stated <> 0 THEN 1.0::DOUBLE ELSE {tech_field} END AS tech_field,
        CASE WHEN purposes_stated <> 0 THEN 1.0::DOUBLE ELSE {purpose} END AS purpose,
        CASE qualifications_stated WHEN 0 THEN {met[0]} WHEN 1 THEN {met[1]} ELSE {met[2]} END
            AS qualifications
    FROM products
),"""
_PARTS = """
    SELECT pairs.n, pairs.p, pairs.waits, stage_index,
        CASE WHEN (pairs.waits & {stage}) <> 0 THEN 0.0::DOUBLE
            WHEN stage_index >= 0 AND (stage_focus & (1 << greatest(stage_index, 0))) <> 0
            THEN 1.0::DOUBLE ELSE stage_fit END AS stage_fit,
        cost, green_channel, speed,
        CASE WHEN (pairs.waits & {tech_field}) <> 0 THEN 0.0::DOUBLE
            ELSE offers.tech_field END AS tech_field,
        CASE WHEN (pairs.waits & {purpose}) <> 0 THEN 0.0::DOUBLE
            ELSE offers.purpose END AS purpose,
        CASE WHEN (pairs.waits & {qualifications}) <> 0 THEN 0.0::DOUBLE
            ELSE offers.qualifications END AS qualifications,
        region_closeness, industry_focus,
        {count}::DOUBLE / ({count} + {half_at}) AS requirements,
        {amount} AS amount_cover, {term} AS term_cover, likeness.text
    FROM pairs JOIN needs ON needs.n = pairs.n JOIN offers ON offers.p = pairs.p
    JOIN region ON region.row = region_row * {products} + pairs.p
    JOIN industry ON industry.row = industry_row * {products} + pairs.p
    JOIN likeness ON likeness.row = needs.text * {products} + pairs.p
"""


class DuckdbWholeScore(DuckdbStatement):
    """Computes every component of every pair that the join leaves."""

    kind = "duckdb_whole_score"
    words = "自行计算全部得分"

    def _load_score(self) -> None:
        score = self._tables.score
        self._store_dense("region", {"region_closeness": score.region_closeness.ravel()})
        self._store_dense("industry", {"industry_focus": score.industry_focus.ravel()})

    def _before(self) -> str:
        given = self._tables.score.parameters
        rate = (
            f"((rate_low + coalesce(rate_high, rate_low + {double(given.assumed_spread)})) / 2.0)"
        )
        return _OFFERS.format(
            any_stage=double(given.any_stage),
            cost=_falling(rate, given.best_annual_rate, given.worst_annual_rate),
            neutral=double(given.lending_neutral),
            speed=_falling("approval_days", given.best_workdays, given.worst_workdays),
            tech_field=double(given.tech_field_none_stated),
            purpose=double(given.purpose_none_stated),
            met=[double(value) for value in given.qualifications_met],
        )

    def _parts(self) -> str:
        given = self._tables.score.parameters
        return _PARTS.format(
            stage=STAGE_BITS,
            tech_field=BIT["tech_field"],
            purpose=BIT["purpose"],
            qualifications=BIT["qualifications_all"] | BIT["qualifications_any"],
            count=f"(stated - bit_count(pairs.waits & {COUNTED_BITS}))",
            half_at=double(given.requirements_half_at),
            amount=AMOUNT,
            term=term_cover(given.lending_neutral),
            products=self._tables.size[1],
        )

    def _totals(self) -> list[str]:
        return [
            " + ".join(
                f"{double(weight)} * {component}"
                for weight, component in zip(weights, COMPONENTS, strict=True)
            )
            for weights in self._tables.score.weights.tolist()
        ]


def _falling(amount: str, best: float, worst: float) -> str:
    """Return 1 at ``best`` and below, 0 at ``worst``, above and for NULL, evenly between."""
    return _FALLING.format(amount=amount, best=double(best), worst=double(worst))
