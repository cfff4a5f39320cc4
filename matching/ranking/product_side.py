"""A product beside many needs: which needs it suits, and how well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.eligibility.catalogue import HIGHEST
from matching.eligibility.columns import IntervalColumn
from matching.eligibility.engine import NumpyEngine
from matching.eligibility.need_facts import NeedFacts
from matching.eligibility.outcomes import (
    ABSENT,
    MET,
    UNKNOWN_FIRM,
    UNKNOWN_INSTITUTION,
    Codes,
    Rows,
    Values,
)
from matching.eligibility.over_needs import ProductOverNeeds
from matching.parameters import STAGE_CODES, Parameters
from matching.ranking.layout import ELIGIBLE_BIT
from matching.schema import Product
from matching.scoring.components import ComponentModel
from matching.scoring.learned import LearnedSource
from matching.scoring.learned_columns import profiles_of
from matching.scoring.pairs import NO_STAGE, Pairs
from matching.scoring.text import UNITS_OF_COSINE, ProductTexts
from matching.scoring.weights import WeightModel


@dataclass(frozen=True, slots=True)
class NeedsOfProduct:
    """The needs that one product suits.

    Attributes
    ----------
    positions : int array, shape (m,)
        Positions of the needs, ascending.
    keys : int64 array, shape (m,)
        Verdict and score in one number (see ``layout``).
    """

    positions: Rows
    keys: NDArray[np.int64]


def rank_needs_of(
    product: Product,
    facts: NeedFacts,
    parameters: Parameters,
    learned: LearnedSource | None = None,
) -> NeedsOfProduct:
    """Find the needs that a product suits, with the verdicts and scores of the plain engine."""
    compared = ProductOverNeeds(product, facts)
    positions = compared.matching_needs()
    table, terms = compared.outcomes(positions)
    scores = _scores(compared, facts, positions, table, terms, parameters, learned)
    keys = scores.view(np.int64)
    keys[table.max(axis=0) < UNKNOWN_FIRM] |= ELIGIBLE_BIT
    return NeedsOfProduct(positions, keys)


def _scores(
    compared: ProductOverNeeds,
    facts: NeedFacts,
    positions: Rows,
    table: Codes,
    terms: Codes,
    parameters: Parameters,
    learned: LearnedSource | None,
) -> Values:
    needs, catalogue = facts.needs, compared.catalogue
    engine, texts = NumpyEngine(catalogue), ProductTexts(catalogue.products)
    components = ComponentModel(catalogue, engine, texts, parameters)
    stages = needs.classes["stage"]
    indices = [
        NO_STAGE if stage is None else STAGE_CODES.index(stage) for stage, *_ in stages.distinct
    ]
    of_need = stages.of_need[positions]
    pairs = Pairs(
        rows=np.zeros(len(positions), dtype=np.intp),
        outcomes=table,
        met_terms=(terms == MET).sum(axis=0),
        asked_amount_yuan=_asked(needs.intervals["amount"].take(positions)),
        asked_term_months=_asked(needs.intervals["term"].take(positions)),
        stage=np.array(indices, dtype=np.int8)[of_need],
        is_settled=np.array([settled for *_, settled in stages.distinct], dtype=np.bool_)[of_need],
    )
    wanted = texts.matrix.toarray()[0]
    likeness = (facts.texts[positions] @ wanted) * UNITS_OF_COSINE
    values = components.values_at(
        pairs,
        _levels(compared, components, pairs, positions, "region"),
        _levels(compared, components, pairs, positions, "industry"),
        np.minimum(likeness, 1.0),
    )
    if learned is None:
        return WeightModel(parameters).combine(values, pairs).totals
    side = learned.beside(catalogue.products)
    known, unknown = map(side.rows, profiles_of(needs.take(positions)))
    is_off_list = pairs.outcome("stage") == UNKNOWN_FIRM
    rows = np.where(is_off_list[:, np.newaxis], unknown, known)
    own = side.scores(rows)[:, side.group_of[0]]
    weights = WeightModel(parameters, side.weight)
    return weights.combine(np.vstack([values, own]), pairs).totals


def _levels(
    compared: ProductOverNeeds,
    components: ComponentModel,
    pairs: Pairs,
    positions: Rows,
    criterion: str,
) -> Codes:
    """Return what ``ComponentModel.levels`` gives, for one product beside each need."""
    outcome = pairs.outcome(criterion)
    level = np.maximum(compared.best_relations(criterion, positions), 0)
    level[outcome == ABSENT] = 0
    is_unknown = (outcome == UNKNOWN_FIRM) | (outcome == UNKNOWN_INSTITUTION)
    level[is_unknown] = len(components.level_values(criterion)) - 1
    return level


def _asked(interval: IntervalColumn) -> Values:
    asked = np.minimum(interval.high, HIGHEST).astype(np.float64)
    asked[~interval.known] = np.nan
    return asked
