"""NumPy in chunks that computes the whole score, from what products state, on what is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from matching.parameters import STAGE_CODES
from tests.benchmarks.encoding.masks import BIT, COUNTED_BITS, STAGE_BITS, Column
from tests.benchmarks.encoding.tables import Tables
from tests.benchmarks.engines.numpy_chunks import NumpyChunks, cover

_QUALIFICATION_BITS = BIT["qualifications_all"] | BIT["qualifications_any"]


class NumpyWholeScore(NumpyChunks):
    """The chunks and criteria of ``NumpyChunks``; every component, weighted, pair by pair."""

    name = "numpy_whole_score"
    about = "NumPy 分块，自行计算全部得分：过滤方式相同"

    def __init__(self, tables: Tables, *, threads: int) -> None:
        super().__init__(tables, threads=threads)
        self._offers: dict[str, Column] = {}
        stage = tables.needs["stage_index"]
        self._stage_bit = np.where(stage < 0, 0, 1 << np.maximum(stage, 0)).astype(np.uint8)

    def rank(self) -> list[tuple[Column, ...]]:
        """Value what hangs on products alone, then rank chunk by chunk."""
        self._offers = self._value_offers()
        return super().rank()

    def _value_offers(self) -> dict[str, Column]:
        stated, given = self._tables.score.products, self._tables.score.parameters
        low, high = stated["rate_low"], stated["rate_high"]
        high = np.where(np.isnan(high), low + given.assumed_spread, high)
        cost = _falling((low + high) / 2.0, given.best_annual_rate, given.worst_annual_rate)
        stages = stated["stages_stated"]
        one_of = given.any_stage + (1.0 - given.any_stage) / np.maximum(stages, 1)
        return {
            "stage_fit": np.where(stages == 0, given.any_stage, one_of),
            "cost": np.where(self._products["lends"], cost, given.lending_neutral),
            "green": stated["green_promises"] / 3,
            "speed": _falling(stated["approval_days"], given.best_workdays, given.worst_workdays),
            "tech_field": np.where(stated["tech_fields_stated"], 1.0, given.tech_field_none_stated),
            "purpose": np.where(stated["purposes_stated"], 1.0, given.purpose_none_stated),
            "qualifications": np.array(given.qualifications_met)[stated["qualifications_stated"]],
        }

    def _scores(self, need: Column, product: Column, waits: Column) -> Column:
        """Add the components up in their order; under all stages at once is the fastest."""
        values = self._components(need, product, waits)
        totals = np.zeros((len(STAGE_CODES), len(need)))
        part = np.empty_like(totals)
        for weight, value in zip(self._tables.score.weights.T, values, strict=True):
            totals += np.multiply(weight[:, np.newaxis], value, out=part)
        stage = self._needs["stage_index"][need]
        is_open = (stage < 0) | ((waits & STAGE_BITS) != 0)
        own = totals[np.maximum(stage, 0), np.arange(len(need))]
        return np.minimum(np.where(is_open, totals.min(axis=0), own), 1.0)

    def _components(self, need: Column, product: Column, waits: Column) -> list[Column]:
        offers, needs, score = self._offers, self._needs, self._tables.score
        fit = offers["stage_fit"][product]
        fit[(score.products["stage_focus"][product] & self._stage_bit[need]) != 0] = 1.0
        fit[(waits & STAGE_BITS) != 0] = 0.0
        count = self._products["stated"][product] - np.bitwise_count(waits & COUNTED_BITS)
        return [
            fit,
            *(offers[name][product] for name in ("cost", "green", "speed")),
            self._known("tech_field", BIT["tech_field"], product, waits),
            self._known("purpose", BIT["purpose"], product, waits),
            self._known("qualifications", _QUALIFICATION_BITS, product, waits),
            score.region_closeness[needs["region_row"][need], product],
            score.industry_focus[needs["industry_row"][need], product],
            count / (count + score.parameters.requirements_half_at),
            cover(needs["asked_amount"][need], self._products["amount_limit"][product]),
            self._term_cover(needs["asked_term"][need], product),
            self._tables.likeness[needs["text"][need], product],
        ]

    def _known(self, name: str, bits: int, product: Column, waits: Column) -> Column:
        """Return a product's value where the pair does not wait for one of the bits, else 0."""
        value = self._offers[name][product]
        value[(waits & bits) != 0] = 0.0
        return value


def _falling(amounts: Column, best: float, worst: float) -> Any:
    """Map ``best`` and below to 1, ``worst`` and above to 0, evenly between; NaN to 0."""
    return np.nan_to_num(np.clip((worst - amounts) / (worst - best), 0.0, 1.0), nan=0.0)
