"""Measures of one ranked list.

Candidates with equal scores share their places: every measure is its expected value when the
tied ones stand in random order. So neither the order of an array nor a constant score can
earn anything. Without ties the figures are those of scikit-learn's ``ndcg_score``, with ties
too.

References
----------
McSherry and Najork (2008): Computing information retrieval performance measures
efficiently in the presence of tied scores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RankingMeasures:
    """Measures of one need; each in [0, 1].

    Attributes
    ----------
    ndcg_10 : float
        Binary, with the ideal over all true financiers, reachable or not.
    mrr : float
        Reciprocal rank of the first true financier; 0 where none is reachable.
    recall_10, recall_50 : float
        Share of all true financiers among the first 10 and 50.
    hit_1, hit_10 : float
        Whether one stands first, or among the first 10.
    """

    ndcg_10: float
    mrr: float
    recall_10: float
    recall_50: float
    hit_1: float
    hit_10: float


MEASURES = tuple(field.name for field in fields(RankingMeasures))


def measure(scores: Floats, relevant: Sequence[int] | Integers, total: int) -> RankingMeasures:
    """Return the measures of one list.

    Parameters
    ----------
    scores : float array, shape (candidates,)
        Higher is better; no NaN.
    relevant : sequence of int
        Positions of the true financiers among the candidates.
    total : int
        Number of true financiers, those that are no candidates included; at least 1.

    Raises
    ------
    ValueError
        Where ``total`` is below 1 or below the number of relevant ones, or a score is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> measure(np.array([3.0, 2.0, 1.0]), [1], 1).mrr
    0.5
    >>> measure(np.array([1.0, 1.0]), [0], 1).mrr
    0.75
    """
    if total < max(1, len(relevant)):
        raise ValueError(f"total={total} must be at least 1 and at least {len(relevant)}")
    if np.isnan(scores).any():
        raise ValueError("a score is NaN; give the least score to what cannot be scored")
    blocks = _blocks(scores, relevant)
    gain = sum(
        own * float(_discounts(above, above + tied, 10).sum()) / tied for above, tied, own in blocks
    )
    return RankingMeasures(
        ndcg_10=gain / float(_discounts(0, total, 10).sum()),
        mrr=_reciprocal_rank(*blocks[0]) if blocks else 0.0,
        recall_10=_found(blocks, 10) / total,
        recall_50=_found(blocks, 50) / total,
        hit_1=_hit(blocks, 1),
        hit_10=_hit(blocks, 10),
    )


def share_within(scores: Floats, place: int, k: int) -> float:
    """Return the probability that one candidate stands among the first k."""
    above, tied = int((scores > scores[place]).sum()), int((scores == scores[place]).sum())
    return min(max(k - above, 0), tied) / tied


def ndcg_at(scores: ArrayLike, gains: ArrayLike, k: int) -> float:
    """Return NDCG with graded gains, for instance grades or ``2**grade - 1``.

    Parameters
    ----------
    scores, gains : array-like, shape (candidates,)
        Gains are not negative.
    k : int
        How many places count.

    Returns
    -------
    float
        In [0, 1]; 1 where all gains are 0, since then no order is wrong.
    """
    score, gain = np.asarray(scores, dtype=float), np.asarray(gains, dtype=float)
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    sizes = np.diff(np.r_[starts, len(score)])
    discounts = np.add.reduceat(_discounts(0, len(score), k), starts) / sizes
    reached = float((gain[order] * np.repeat(discounts, sizes)).sum())
    ideal = float((np.sort(gain)[::-1] * _discounts(0, len(gain), k)).sum())
    return reached / ideal if ideal > 0 else 1.0


def as_rows(measures: Sequence[RankingMeasures]) -> Floats:
    """Return measures as an array, shape (needs, len(MEASURES))."""
    rows = [astuple(one) for one in measures]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(MEASURES))


def _blocks(scores: Floats, relevant: Sequence[int] | Integers) -> list[tuple[int, int, int]]:
    """Return, best first: candidates above, candidates tied, relevant among the tied."""
    of_score = Counter(scores[place] for place in relevant)
    return [
        (int((scores > score).sum()), int((scores == score).sum()), own)
        for score, own in sorted(of_score.items(), reverse=True)
    ]


def _discounts(first: int, last: int, k: int) -> Floats:
    """Return 1 / log2(1 + rank) of the places after ``first`` up to ``last``; 0 beyond k."""
    ranks = np.arange(first + 1, last + 1)
    discounts: Floats = np.where(ranks <= k, 1.0 / np.log2(1.0 + ranks), 0.0)
    return discounts


def _reciprocal_rank(above: int, tied: int, own: int) -> float:
    """Return the mean of 1 / rank of the first of ``own`` among ``tied`` in random order."""
    ways = comb(tied, own)
    return sum(
        comb(tied - place, own - 1) / ways / (above + place) for place in range(1, tied - own + 2)
    )


def _found(blocks: list[tuple[int, int, int]], k: int) -> float:
    return sum(own * min(max(k - above, 0), tied) / tied for above, tied, own in blocks)


def _hit(blocks: list[tuple[int, int, int]], k: int) -> float:
    """Return the probability that one stands among the first k; only one block is cut."""
    missed = 1.0
    for above, tied, own in blocks:
        places = min(max(k - above, 0), tied)
        missed *= comb(tied - places, own) / comb(tied, own)
    return 1.0 - missed
