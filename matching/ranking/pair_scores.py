"""The score of one pair from the tables, compiled.

The additions run in the order of ``COMPONENTS``, as in the plain engine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.ranking.compiled import compiled_in_place
from matching.ranking.layout import Desk
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
    lending = scores.lending[product]
    cover = _cover(scores.term_limits[product], asked)
    if lending == LENDS or np.isnan(asked):
        return cover
    return min(cover, scores.neutral) if lending == MAY_LEND else scores.neutral


@compiled_in_place
def _text_likeness(scores: ProductScores, wanted: NDArray[np.int64], product: int) -> float:
    units = np.int64(0)
    for block in range(scores.text_starts[product], scores.text_starts[product + 1]):
        for place in range(TEXT_BLOCK):
            column = np.uintp(scores.text_columns[block, place])
            units += scores.text_units[block, place] * wanted[column]
    return min(units * UNITS_OF_COSINE, 1.0)


@compiled_in_place
def _learned(scores: ProductScores, rows: NDArray[np.int64], product: int) -> float:
    """Return the weighted learned value; without a model 0, which changes no sum.

    Parts add up one after the other, as :meth:`LearnedModel.contributions` adds them.
    """
    if len(scores.learned_ends) == 0:
        return 0.0
    group = np.uintp(scores.learned_groups[product])
    margin = scores.learned_margins[0, group]
    block = 0
    for end in scores.learned_ends:
        part = 0.0
        while block < end:
            part += scores.learned_margins[np.uintp(rows[block]), group]
            block += 1
        margin += part
    z = (margin - scores.learned_squash[0]) / scores.learned_squash[1]
    return scores.learned_squash[2] * (0.5 + 0.5 * z / (1.0 + abs(z)))


class Wish(NamedTuple):
    """One need's row of ``NeedScores``, read once for all its pairs."""

    stage: int
    early: int
    region: int
    industry: int
    amount: float
    term: float
    has_text: bool


@compiled_in_place
def read_wish(needs: NeedScores, need: int) -> Wish:
    """Read what the scores of a need's pairs hang on."""
    return Wish(
        needs.stage[need],
        needs.early[need],
        needs.region[need],
        needs.industry[need],
        needs.asked_amount[need],
        needs.asked_term[need],
        needs.text_starts[need] < needs.text_starts[need + 1],
    )


@compiled_in_place
def score_pair(
    scores: ProductScores,
    wish: Wish,
    desk: Desk,
    product: int,
    count: int,
    is_open: bool,
) -> float:
    """Return a pair's score; of an open stage the lowest under the weights of all stages.

    ``desk`` holds the need's text vector and its rows in the learned tables, ``count`` is how
    many conditions of the product are met.
    """
    # Unsigned numbers are not asked whether they count from the end.
    row = np.uintp(product)
    region = np.uintp(scores.regions[np.uintp(wish.region), row])
    industry = np.uintp(scores.industries[np.uintp(wish.industry), row])
    amount = _cover(scores.amount_limits[row], wish.amount)
    term = _term_cover(scores, row, wish.term)
    text = _text_likeness(scores, desk.wanted, product) if wish.has_text else 0.0
    met = np.uintp(count)
    learned = _learned(scores, desk.learned_open if is_open else desk.learned, product)
    if not is_open:
        stage = np.uintp(wish.stage)
        early = scores.early[np.uintp(wish.early + wish.stage), row]
        return min(
            _total(scores, stage, early, region, industry, met, amount, term, text, learned), 1.0
        )
    lowest = np.inf
    for number in range(STAGES):
        stage = np.uintp(number)
        early = scores.early[np.uintp(wish.early + number), row]
        total = _total(scores, stage, early, region, industry, met, amount, term, text, learned)
        lowest = min(lowest, total)
    return min(lowest, 1.0)


@compiled_in_place
def _total(
    scores: ProductScores,
    stage: int,
    early: float,
    region: int,
    industry: int,
    met: int,
    amount: float,
    term: float,
    text: float,
    learned: float,
) -> float:
    """Add the parts up in the order of ``COMPONENTS``."""
    total = early + scores.region_parts[stage, region]
    total += scores.industry_parts[stage, industry]
    total += scores.requirement_parts[stage, met]
    total += scores.late_weights[stage, 0] * amount
    total += scores.late_weights[stage, 1] * term
    total += scores.late_weights[stage, 2] * text
    total += learned
    return total
