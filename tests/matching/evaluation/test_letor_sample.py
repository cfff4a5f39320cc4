"""The graded sample that LightGBM ships: known values of NDCG, and the interface of a learner."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_svmlight_file
from sklearn.metrics import ndcg_score

from matching.metrics.ranking import ndcg_at
from matching.ranking.learned.conditional import ConditionalLogit
from tests.matching.evaluation.opendata import open_data


def load(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with gzip.open(folder / f"rank.{part}.gz") as lines:
        features, grades = load_svmlight_file(lines, n_features=301)
    sizes = np.loadtxt(folder / f"rank.{part}.query", dtype=int)
    return features.toarray(), grades, np.repeat(np.arange(len(sizes)), sizes)


def test_ndcg_is_that_of_scikit_learn_on_every_query() -> None:
    features, grades, queries = load(open_data("letor_lightgbm"), "test")
    scores = features[:, 10].round(1)  # with ties
    for query in np.unique(queries):
        own = queries == query
        for gains in (grades[own], 2.0 ** grades[own] - 1):
            if gains.any():
                expected = ndcg_score([gains], [scores[own]], k=5)
                assert ndcg_at(scores[own], gains, 5) == pytest.approx(expected, abs=1e-12)


def test_a_model_fitted_per_query_orders_new_queries_better_than_chance() -> None:
    folder = open_data("letor_lightgbm")
    features, grades, queries = load(folder, "train")
    model = ConditionalLogit(alpha=0.05).fit(features, (grades >= 2).astype(int), queries)
    rows, told, of_query = load(folder, "test")
    margins = model.decision_function(rows)
    chance = np.random.default_rng(0).random(len(margins))

    def mean(scores: np.ndarray) -> float:
        gains = 2.0**told - 1
        return float(
            np.mean(
                [ndcg_at(scores[of_query == q], gains[of_query == q], 5) for q in set(of_query)]
            )
        )

    assert mean(margins) > mean(chance) + 0.05
    assert mean(margins) > mean(np.zeros(len(margins))) + 0.05
