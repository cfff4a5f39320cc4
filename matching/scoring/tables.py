"""The score as tables over products: what an engine looks up instead of computing it.

Every value and every order of addition is that of ``ComponentModel`` and ``WeightModel``, so
that both give the same bits.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST, Catalogue
from matching.eligibility.columns import IntervalColumn, NeedColumns
from matching.eligibility.engine import NumpyEngine
from matching.eligibility.outcomes import (
    MET,
    SLOT,
    SLOTS,
    UNKNOWN_FIRM,
    Codes,
    Rows,
    Values,
)
from matching.parameters import COMPONENTS, STAGE_CODES, Parameters
from matching.scoring.components import EARLY, ComponentModel, requirement_values
from matching.scoring.learned import LearnedSide
from matching.scoring.learned_columns import profiles_of
from matching.scoring.pairs import NO_STAGE, Pairs
from matching.scoring.text import ProductTexts
from matching.scoring.weights import WeightModel

STAGES: Final = len(STAGE_CODES)
_WEIGHT_OF: Final = {code: number for number, code in enumerate(COMPONENTS)}

# How a product stands to lending: it lends, its type is undisclosed, or it does not lend.
LENDS: Final = 0
MAY_LEND: Final = 1
LENDS_NOT: Final = 2
# Entries of a text vector that are multiplied together, without asking where the vector ends.
TEXT_BLOCK: Final = 8

# Stage and openness of a need, and whether its lists behind early components are unknown.
_Profile = tuple[str | None, bool, bool, bool, bool, bool]
_NOTHING_SAID: Final[_Profile] = (None, False, False, False, False, False)


class ProductScores(NamedTuple):
    """What scores hang on at the product's side; arrays that a kernel reads.

    Attributes
    ----------
    early : float array, shape (profiles * stages, products)
        Sums of the early components under the weights of each stage.
    regions, industries : uint8 array, shape (distinct codes, products)
        Levels of ``ComponentModel.levels``.
    region_parts, industry_parts : float array, shape (stages, levels)
        Weighted values of the levels.
    requirement_parts : float array, shape (stages, counts)
        Weighted values of so many met conditions.
    amount_limits, term_limits : float array, shape (products,)
        Upper limits in yuan and months; NaN is undisclosed.
    lending : uint8 array, shape (products,)
    late_weights : float array, shape (stages, 3)
        Weights of amount, term and text.
    neutral : float
        The part of term that equity, insurance and grants get.
    text_starts : int64 array, shape (products + 1,)
        First of each product's blocks of text.
    text_columns, text_units : int32 array, shape (blocks, TEXT_BLOCK)
        Sparse vectors of the products, the last block of each filled up with zeros.
    vocabulary : int
        Length of the vectors.
    learned_margins, learned_ends, learned_squash : arrays
        As in ``LearnedTables``; without rows where no model is in use.
    learned_groups : int32 array, shape (products,)
        Columns in ``learned_margins``.
    """

    early: Values
    regions: NDArray[np.uint8]
    industries: NDArray[np.uint8]
    region_parts: Values
    industry_parts: Values
    requirement_parts: Values
    amount_limits: Values
    term_limits: Values
    lending: NDArray[np.uint8]
    late_weights: Values
    neutral: float
    text_starts: NDArray[np.int64]
    text_columns: NDArray[np.int32]
    text_units: NDArray[np.int32]
    vocabulary: int
    learned_margins: Values
    learned_ends: NDArray[np.int64]
    learned_squash: Values
    learned_groups: NDArray[np.int32]


class NeedScores(NamedTuple):
    """What scores hang on at the need's side.

    Attributes
    ----------
    early : int32 array, shape (needs,)
        First of the need's rows in ``ProductScores.early``.
    stage : int8 array, shape (needs,)
        Index of the stage whose weights count; NO_STAGE where the stage is open.
    region, industry : uint16 array, shape (needs,)
        Rows in ``regions`` and ``industries``.
    asked_amount, asked_term : float array, shape (needs,)
        Upper ends asked, in yuan and months; NaN is unknown.
    text_starts, text_columns, text_units : int array
        Sparse vectors of the needs; ``starts`` are int32 where that is enough.
    learned, learned_open : int32 array, shape (needs, blocks)
        Rows in ``learned_margins``: with the need's stage, and with the stage open; no blocks
        where no model is in use.
    """

    early: NDArray[np.int32]
    stage: NDArray[np.int8]
    region: NDArray[np.uint16]
    industry: NDArray[np.uint16]
    asked_amount: Values
    asked_term: Values
    text_starts: NDArray[Any]
    text_columns: NDArray[np.uint16]
    text_units: NDArray[np.int32]
    learned: NDArray[np.int32]
    learned_open: NDArray[np.int32]


class _GrowingTable:
    """Rows of one length, found by key and only added."""

    def __init__(self, width: int, height: int, dtype: Any) -> None:
        self._numbers: dict[Any, int] = {}
        self._height = height
        self._rows = np.zeros((8 * height, width), dtype=dtype)

    @property
    def rows(self) -> NDArray[Any]:
        return self._rows[: len(self._numbers) * self._height]

    def first_row(self, key: Any) -> int | None:
        return self._numbers.get(key)

    def add(self, key: Any, rows: NDArray[Any]) -> int:
        first = len(self._numbers) * self._height
        if first == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[first : first + self._height] = rows
        self._numbers[key] = first
        return first


class ScoreTables:
    """Score tables of one catalogue under one set of parameters, made as needs ask for them."""

    def __init__(
        self,
        catalogue: Catalogue,
        engine: NumpyEngine,
        texts: ProductTexts,
        parameters: Parameters,
        most_conditions: int,
        learned: LearnedSide | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._learned = learned
        self._engine = engine
        self._components = ComponentModel(catalogue, engine, texts, parameters)
        self._weights = WeightModel(parameters, 0.0 if learned is None else learned.weight).weights
        self._all_rows: Rows = np.arange(len(catalogue), dtype=np.intp)
        self._early = _GrowingTable(len(catalogue), STAGES, np.float64)
        self._levels = {
            criterion: _GrowingTable(len(catalogue), 1, np.uint8)
            for criterion in ("region", "industry")
        }
        matrix, level_values = texts.matrix, self._components.level_values
        counts = np.arange(most_conditions + 1)
        lending = np.where(catalogue.type_undisclosed, MAY_LEND, LENDS_NOT)
        self._fixed = {
            "region_parts": self._parts("region_closeness", level_values("region")),
            "industry_parts": self._parts("industry_focus", level_values("industry")),
            "requirement_parts": self._parts(
                "requirements", requirement_values(counts, parameters)
            ),
            "amount_limits": self._upper_limits("amount"),
            "term_limits": self._upper_limits("term"),
            "lending": np.where(catalogue.lends, LENDS, lending).astype(np.uint8),
            "late_weights": np.ascontiguousarray(
                self._weights[:, [_WEIGHT_OF[c] for c in ("amount_cover", "term_cover", "text")]]
            ),
            "neutral": parameters.lending_neutral,
            **_text_blocks(matrix.indptr, matrix.indices, matrix.data),
            "vocabulary": matrix.shape[1],
            **_learned_arrays(learned, len(catalogue)),
        }
        self._growing = threading.Lock()

    def encode(self, needs: NeedColumns) -> tuple[ProductScores, NeedScores]:
        """Return both sides for some needs; rows that they ask for first are made now."""
        learned, learned_open = self._learned_rows(needs)
        with self._growing:
            early = self._early_rows(needs)
            region = self._level_rows("region", needs)
            industry = self._level_rows("industry", needs)
            products = ProductScores(
                early=self._early.rows,
                regions=self._levels["region"].rows,
                industries=self._levels["industry"].rows,
                **self._fixed,
            )
        stages = needs.classes["stage"]
        stage = [
            STAGE_CODES.index(stage) if stage is not None and settled else NO_STAGE
            for stage, _, settled in stages.distinct
        ]
        return products, NeedScores(
            early=early,
            stage=np.array(stage, dtype=np.int8)[stages.of_need],
            region=region,
            industry=industry,
            asked_amount=_asked(needs.intervals["amount"]),
            asked_term=_asked(needs.intervals["term"]),
            text_starts=_narrow(needs.text.starts),
            text_columns=needs.text.columns,
            text_units=needs.text.units,
            learned=learned,
            learned_open=learned_open,
        )

    def _learned_rows(self, needs: NeedColumns) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return each need's rows in the learned tables, as it is and with an open stage."""
        if self._learned is None:
            none = np.zeros((len(needs), 0), dtype=np.int32)
            return none, none
        known, unknown = profiles_of(needs)
        return self._learned.rows(known), self._learned.rows(unknown)

    def _parts(self, component: str, values: Values) -> Values:
        return self._weights[:, _WEIGHT_OF[component], np.newaxis] * values

    def _upper_limits(self, criterion: str) -> Values:
        limits = self._catalogue.limits[criterion][1].astype(np.float64)
        limits[self._catalogue.intervals[criterion].undisclosed] = np.nan
        return limits

    def _early_rows(self, needs: NeedColumns) -> NDArray[np.int32]:
        """Return each need's first row of sums; needs of one profile share it."""
        stages = needs.classes["stage"]
        places: Rows = stages.of_need.astype(np.intp)
        for name in ("tech_field", "purpose", "qualifications"):
            column = needs.classes[name]
            is_null = np.array([fact is None for fact in column.distinct], dtype=np.intp)
            places = places * 2 + is_null[column.of_need]
        first = np.zeros(len(stages.distinct) << 3, dtype=np.int32)
        for place in np.flatnonzero(np.bincount(places, minlength=1)).tolist():
            nulls = tuple(bool(place >> bit & 1) for bit in (2, 1, 0))
            first[place] = self._early_row((*stages.distinct[place >> 3], *nulls))
        rows: NDArray[np.int32] = first[places]
        return rows

    def _early_row(self, profile: _Profile) -> int:
        known = self._early.first_row(profile)
        if known is not None:
            return known
        sums = np.zeros((STAGES, len(self._catalogue)))
        values = self._components.early_values(self._pairs_of(profile))
        for weight, value in zip(self._weights.T[: len(EARLY)], values, strict=True):
            sums += weight[:, np.newaxis] * value
        return self._early.add(profile, sums)

    def _pairs_of(self, profile: _Profile) -> Pairs:
        """Return all products beside a need of a profile, what is stated and known being met."""
        stage, declared, settled, tech_null, purpose_null, qualifications_null = profile
        count = len(self._catalogue)
        outcomes = np.zeros((len(SLOTS), count), dtype=np.int8)
        outcomes[SLOT["stage"]] = self._engine.outcome("stage", (stage, declared))
        for criterion, is_null in (
            ("tech_field", tech_null),
            ("purpose", purpose_null),
            ("qualifications_all", qualifications_null),
            ("qualifications_any", qualifications_null),
        ):
            outcomes[SLOT[criterion]] = self._outcome_if(criterion, is_known=not is_null)
        index = NO_STAGE if stage is None else STAGE_CODES.index(stage)
        return Pairs(
            rows=self._all_rows,
            outcomes=outcomes,
            met_terms=np.zeros(count, dtype=np.int64),
            asked_amount_yuan=None,
            asked_term_months=None,
            stage=np.full(count, index, dtype=np.int8),
            is_settled=np.full(count, settled, dtype=np.bool_),
        )

    def _outcome_if(self, criterion: str, *, is_known: bool) -> Codes:
        """Return what a criterion comes to, where it is not unmet, for a known or null fact."""
        outcome = self._engine.outcome(criterion, None)
        return np.where(outcome == UNKNOWN_FIRM, np.int8(MET), outcome) if is_known else outcome

    def _level_rows(self, criterion: str, needs: NeedColumns) -> NDArray[np.uint16]:
        column, table = needs.classes[criterion], self._levels[criterion]
        rows = []
        for code in column.distinct:
            row = table.first_row(code)
            if row is None:
                row = table.add(code, self._levels_of(criterion, code))
            rows.append(row)
        return np.array(rows, dtype=np.uint16)[column.of_need]

    def _levels_of(self, criterion: str, code: str | None) -> Codes:
        outcomes = np.zeros((len(SLOTS), len(self._catalogue)), dtype=np.int8)
        outcomes[SLOT[criterion]] = self._engine.outcome(criterion, code)
        pairs = replace(self._pairs_of(_NOTHING_SAID), outcomes=outcomes)
        return self._components.levels(pairs, criterion, code)


def _text_blocks(
    starts: NDArray[Any], columns: NDArray[Any], units: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """Lay sparse vectors out in blocks of one length."""
    lengths = np.diff(starts)
    blocks = -(-lengths // TEXT_BLOCK)
    first = np.concatenate(([0], np.cumsum(blocks)))
    places = np.arange(len(columns)) + np.repeat(first[:-1] * TEXT_BLOCK - starts[:-1], lengths)
    padded = np.zeros((2, first[-1] * TEXT_BLOCK), dtype=np.int32)
    padded[0, places], padded[1, places] = columns, units
    return {
        "text_starts": first.astype(np.int64),
        "text_columns": padded[0].reshape(-1, TEXT_BLOCK),
        "text_units": padded[1].reshape(-1, TEXT_BLOCK),
    }


def _learned_arrays(side: LearnedSide | None, products: int) -> dict[str, NDArray[Any]]:
    if side is None:
        return {
            "learned_margins": np.zeros((0, 0)),
            "learned_ends": np.zeros(0, dtype=np.int64),
            "learned_squash": np.zeros(3),
            "learned_groups": np.zeros(products, dtype=np.int32),
        }
    tables = side.tables
    return {
        "learned_margins": tables.margins,
        "learned_ends": tables.ends,
        "learned_squash": tables.squash,
        "learned_groups": side.group_of,
    }


def _narrow(starts: NDArray[np.int64]) -> NDArray[Any]:
    return starts.astype(np.int32) if starts[-1] <= np.iinfo(np.int32).max else starts


def _asked(interval: IntervalColumn) -> Values:
    asked = np.minimum(interval.high, HIGHEST).astype(np.float64)
    asked[~interval.known] = np.nan
    return asked
