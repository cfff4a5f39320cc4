"""Measures of ranked lists against known values, brute force and scikit-learn."""

from itertools import pairwise, permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from matching.metrics.intervals import paired_bootstrap, standard_error
from matching.metrics.ranking import MEASURES, as_rows, measure, ndcg_at, share_within


def plain(order: tuple[int, ...], relevant: set[int], total: int) -> list[float]:
    """Return the measures of one order without ties, straight from their definitions."""
    ranks = [rank for rank, place in enumerate(order, start=1) if place in relevant]
    ideal = sum(1 / log2(1 + rank) for rank in range(1, min(total, 10) + 1))
    return [
        sum(1 / log2(1 + rank) for rank in ranks if rank <= 10) / ideal,
        1 / ranks[0] if ranks else 0.0,
        sum(rank <= 10 for rank in ranks) / total,
        sum(rank <= 50 for rank in ranks) / total,
        float(any(rank <= 1 for rank in ranks)),
        float(any(rank <= 10 for rank in ranks)),
    ]


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=6),
    st.data(),
)
def test_ties_get_the_mean_over_every_order_of_the_tied(
    scores: list[int], data: st.DataObject
) -> None:
    relevant = data.draw(st.sets(st.sampled_from(range(len(scores)))))
    total = len(relevant) + data.draw(st.integers(0 if relevant else 1, 2))
    orders = [
        order
        for order in permutations(range(len(scores)))
        if all(scores[a] >= scores[b] for a, b in pairwise(order))
    ]
    expected = np.mean([plain(order, relevant, total) for order in orders], axis=0)
    found = as_rows([measure(np.array(scores, float), sorted(relevant), total)])[0]
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_order_of_the_array_changes_nothing() -> None:
    chance = np.random.default_rng(1)
    scores = chance.integers(0, 5, size=40).astype(float)
    order = chance.permutation(40)
    relevant = [3, 17, 30]
    moved = [int(np.flatnonzero(order == place)[0]) for place in relevant]
    assert measure(scores, relevant, 5) == measure(scores[order], moved, 5)


def test_a_constant_score_scores_like_chance() -> None:
    found = measure(np.zeros(1000), [5], 1)
    assert found.hit_10 == pytest.approx(0.01)
    assert found.recall_50 == pytest.approx(0.05)
    assert found.hit_1 == pytest.approx(0.001)


def test_an_unreachable_financier_stays_in_the_denominators() -> None:
    reachable = measure(np.array([3.0, 2.0, 1.0]), [0], 1)
    with_missing = measure(np.array([3.0, 2.0, 1.0]), [0], 2)
    assert reachable.ndcg_10 == 1.0
    assert with_missing.ndcg_10 == pytest.approx(1 / (1 + 1 / log2(3)))
    assert with_missing.recall_10 == 0.5
    nobody = measure(np.array([3.0, 2.0]), [], 2)
    assert as_rows([nobody]).sum() == 0.0


@pytest.mark.parametrize(("relevant", "total"), [([], 0), ([0, 1], 1)])
def test_a_total_below_the_found_is_refused(relevant: list[int], total: int) -> None:
    with pytest.raises(ValueError, match="total="):
        measure(np.array([1.0, 2.0]), relevant, total)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        measure(np.array([1.0, np.nan]), [0], 1)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_graded_ndcg_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    scores, grades = (np.array(own, dtype=float) for own in zip(*pairs, strict=True))
    if grades.any():
        expected = ndcg_score([grades], [scores], k=10)
        assert ndcg_at(scores, grades, 10) == pytest.approx(expected, abs=1e-9)
    else:
        assert ndcg_at(scores, grades, 10) == 1.0


def test_the_share_of_places_adds_up_to_the_places() -> None:
    scores = np.array([2.0, 1.0, 1.0, 1.0, 0.0])
    assert sum(share_within(scores, place, 3) for place in range(5)) == pytest.approx(3.0)


def test_every_measure_has_a_name() -> None:
    assert MEASURES == ("ndcg_10", "mrr", "recall_10", "recall_50", "hit_1", "hit_10")


def test_the_standard_error_is_that_of_the_mean() -> None:
    assert standard_error(np.array([0.0, 1.0])) == pytest.approx(0.5)
    assert standard_error(np.array([1.0])) == 0.0


def test_a_paired_interval_holds_the_mean_and_repeats_with_its_seed() -> None:
    chance = np.random.default_rng(0)
    second = chance.random(200)
    first = second + chance.normal(0.1, 0.05, size=200)
    found = paired_bootstrap(first, second, rng=5)
    assert found.low < found.mean < found.high
    assert found.low > 0.08
    assert found.standard_errors > 10
    assert found == paired_bootstrap(first, second, rng=5)
    with pytest.raises(ValueError, match="paired"):
        paired_bootstrap(first, second[:5], rng=0)
