"""What the score is made from, as plain columns, for engines that compute all of it themselves.

A product's columns hold what its institution states (rates, promises, days, how many stages), not
what the library makes of that; the values of the components, and everything that is added up, are
left to the engine. Of what hangs on codes, an engine finds ready how closely the regions and
industries of each product hold each code of the firms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.parameters import STAGE_CODES, Parameters
from matching.schema import Product
from tests.benchmarks.encoding.masks import Column, mask


@dataclass(frozen=True, slots=True)
class ScoreColumns:
    """Columns behind the score, beside those that the criteria compare.

    Attributes
    ----------
    products : dict of arrays
        One entry per product, in ascending order of code; NaN is what is not stated.
    region_closeness, industry_focus : float array, shape (codes, products)
        Rows as in the needs' ``region_row`` and ``industry_row``.
    weights : float array, shape (stages, components)
        In the order of ``COMPONENTS``.
    parameters : Parameters
        How a condition becomes a value.
    """

    products: dict[str, Column]
    region_closeness: Column
    industry_focus: Column
    weights: Column
    parameters: Parameters


def score_columns(
    offers: Sequence[Product],
    parameters: Parameters,
    *,
    region_levels: Column,
    industry_levels: Column,
) -> ScoreColumns:
    """Lay out what products state, for the score; ``offers`` ascend by code.

    The levels, shape (codes, products), are those of ``Tables``; the last is the unknown.
    """
    return ScoreColumns(
        products={
            "stages_stated": _counts(offers, lambda p: len(set(p.stages or ()))),
            "stage_focus": _counts(offers, lambda p: mask(p.stage_focus or (), STAGE_CODES)),
            "rate_low": _figures(offers, lambda p: p.annual_rate_min),
            "rate_high": _figures(offers, lambda p: p.annual_rate_max),
            "green_promises": _counts(
                offers,
                lambda p: bool(p.green_quota) + bool(p.green_approval) + bool(p.green_disbursement),
            ),
            "approval_days": _figures(offers, lambda p: p.approval_days),
            "tech_fields_stated": _counts(offers, lambda p: bool(p.tech_fields)),
            "purposes_stated": _counts(offers, lambda p: bool(p.purposes)),
            "qualifications_stated": _counts(
                offers, lambda p: bool(p.qualifications_all) + bool(p.qualifications_any)
            ),
        },
        region_closeness=np.array([*parameters.region_closeness, 0.0])[region_levels],
        industry_focus=np.array([*parameters.industry_focus, 0.0])[industry_levels],
        weights=np.array([parameters.weights[stage] for stage in STAGE_CODES]),
        parameters=parameters,
    )


def _counts(offers: Sequence[Product], value_of: Callable[[Product], int]) -> Column:
    return np.array([value_of(product) for product in offers], dtype=np.uint8)


def _figures(offers: Sequence[Product], value_of: Callable[[Product], Any]) -> Column:
    values = [value_of(product) for product in offers]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
