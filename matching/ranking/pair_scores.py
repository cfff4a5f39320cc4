"""The score of one pair from the tables, compiled.

The additions run in the order of ``COMPONENTS``, as in the plain engine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.ranking.compiled import compiled_in_place
from matching.scoring.tables import LENDS, MAY_LEND, STAGES, TEXT_BLOCK, NeedScores, ProductScores
from matching.scoring.text import UNITS_OF_COSINE


@compiled_in_place
def _cover(limit: float, asked: float) -> float:
    """Return the share of what is asked that lies within a limit; unknown on any side is 0."""
    if np.isnan(limit) or np.isnan(asked):
        return 0.0
    if asked <= 0.0:
        return 1.0
    share = min(limit, asked) / max(asked, 1.0)
    return min(max(share, 0.0), 1.0)


@compiled_in_place
def _term_cover(scores: ProductScores, product: int, asked: float) -> float:
    if np.isnan(asked):
        return 0.0
    lending = scores.lending[product]
    if lending == LENDS:
        return _cover(scores.term_limits[product], asked)
    if lending == MAY_LEND:
        return min(_cover(scores.term_limits[product], asked), scores.neutral)
    return scores.neutral


@compiled_in_place
def _text_likeness(scores: ProductScores, wanted: NDArray[np.int64], product: int) -> float:
    units = np.int64(0)
    for block in range(scores.text_starts[product], scores.text_starts[product + 1]):
        for place in range(TEXT_BLOCK):
            column = scores.text_columns[block, place]
            units += scores.text_units[block, place] * wanted[column]
    return min(units * UNITS_OF_COSINE, 1.0)


@compiled_in_place
def score_pair(
    scores: ProductScores,
    needs: NeedScores,
    wanted: NDArray[np.int64],
    need: int,
    product: int,
    count: int,
    is_open: bool,
) -> float:
    """Return a pair's score; of an open stage the lowest under the weights of all stages.

    ``wanted`` is the need's text vector, ``count`` how many conditions of the product are met.
    """
    first, end = (0, STAGES) if is_open else (needs.stage[need], needs.stage[need] + 1)
    region = scores.regions[needs.region[need], product]
    industry = scores.industries[needs.industry[need], product]
    amount = _cover(scores.amount_limits[product], needs.asked_amount[need])
    term = _term_cover(scores, product, needs.asked_term[need])
    text = 0.0
    if needs.text_starts[need] < needs.text_starts[need + 1]:
        text = _text_likeness(scores, wanted, product)
    lowest = np.inf
    for stage in range(first, end):
        total = scores.early[needs.early[need] + stage, product]
        total += scores.region_parts[stage, region]
        total += scores.industry_parts[stage, industry]
        total += scores.requirement_parts[stage, count]
        total += scores.late_weights[stage, 0] * amount
        total += scores.late_weights[stage, 1] * term
        total += scores.late_weights[stage, 2] * text
        lowest = min(lowest, total)
    return min(lowest, 1.0)
