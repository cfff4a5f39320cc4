"""The estimators keep scikit-learn's contract, and do what they say."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.estimator_checks import check_estimator

from matching.ranking.learned.additive import AdditiveBoosting
from matching.ranking.learned.baselines import (
    NaiveBayesLifts,
    PopularityClassifier,
    SegmentPopularityClassifier,
)
from matching.ranking.learned.conditional import ConditionalLogit
from matching.ranking.learned.contextual import ContextualLogit

ESTIMATORS = [
    PopularityClassifier(),
    PopularityClassifier(half_life=3.0),
    SegmentPopularityClassifier(),
    NaiveBayesLifts(),
    ConditionalLogit(),
    ContextualLogit(),
    AdditiveBoosting(random_state=0, max_iter=20),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks_pass(estimator: Any) -> None:
    results = check_estimator(estimator, on_fail=None, on_skip=None)
    failed = [one["check_name"] for one in results if one["status"] == "failed"]
    assert not failed
    assert len(results) > 40


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_a_clone_fits_to_the_same_answers(estimator: Any) -> None:
    chance = np.random.default_rng(0)
    rows = chance.integers(0, 4, size=(200, 3)).astype(float)
    labels = (rows[:, 0] + chance.random(200) > 2).astype(int)
    first, second = (clone(estimator).fit(rows, labels) for _ in range(2))
    assert first.decision_function(rows).tobytes() == second.decision_function(rows).tobytes()


def test_popularity_fades_by_half_in_a_half_life() -> None:
    days = np.array([[0.0], [0.0], [10.0]])
    model = PopularityClassifier(half_life=10.0, smoothing=0.0).fit(days, [1, 1, 2])
    assert model.counts_.tolist() == [1.0, 1.0]
    assert PopularityClassifier().fit(days, [1, 1, 2]).predict([[0.0]]).tolist() == [1]


def test_popularity_in_a_segment_falls_back_to_all_deals() -> None:
    rows = np.array([[0.0], [0.0], [1.0], [1.0], [1.0]])
    model = SegmentPopularityClassifier().fit(rows, ["a", "a", "b", "b", "c"])
    assert model.predict([[0.0], [1.0]]).tolist() == ["a", "b"]
    assert model.predict([[7.0], [-1.0]]).tolist() == ["a", "a"]


def test_lifts_add_up_to_the_score_and_ignore_the_unknown() -> None:
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0, -1]], dtype=float)
    model = NaiveBayesLifts().fit(rows, ["a", "a", "b", "b", "a"])
    asked = np.array([[0.0, 1.0], [1.0, -1.0], [5.0, 0.0]])
    total = model.prior_ + model.lifts(asked).sum(axis=0)
    assert model.class_scores(asked) == pytest.approx(total)
    assert (model.lifts(asked)[1, 1] == 0).all()
    assert (model.lifts(asked)[0, 2] == 0).all()
    assert model.predict(asked[:2]).tolist() == ["a", "b"]


def test_conditional_likelihood_is_blind_to_what_is_constant_within_a_need() -> None:
    chance = np.random.default_rng(1)
    groups = np.repeat(np.arange(200), 5)
    signal = chance.normal(size=1000)
    chosen = np.zeros(1000, dtype=int)
    for start in range(0, 1000, 5):
        chosen[start + int(np.argmax(signal[start : start + 5] + chance.normal(size=5)))] = 1
    of_need = chance.normal(size=200)[groups] * 10
    model = ConditionalLogit(alpha=1e-4).fit(np.column_stack([signal, of_need]), chosen, groups)
    assert model.coef_[0] > 0.8
    assert abs(model.coef_[1]) < 0.01
    turned = ConditionalLogit(non_negative=True).fit(-signal[:, np.newaxis], chosen, groups)
    assert turned.coef_.tolist() == [0.0]


def test_the_gradient_is_that_of_the_loss() -> None:
    from scipy.optimize import check_grad

    from matching.ranking.learned.conditional import _Problem

    chance = np.random.default_rng(2)
    problem = _Problem(
        chance.normal(size=(60, 4)),
        chance.random(60) < 0.3,
        chance.integers(0, 9, size=60),
        chance.random(60) + 0.5,
        0.01,
    )
    point = chance.normal(size=4)
    assert check_grad(lambda x: problem.loss(x)[0], lambda x: problem.loss(x)[1], point) < 1e-5


def test_folded_boosting_is_the_boosting_that_was_folded() -> None:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(1500, 4))
    labels = (rows[:, 0] - rows[:, 1] ** 2 + chance.normal(size=1500) > 0).astype(int)
    folded = AdditiveBoosting(random_state=0).fit(rows, labels)
    trees = HistGradientBoostingClassifier(
        interaction_cst="no_interactions",
        max_iter=150,
        max_leaf_nodes=6,
        min_samples_leaf=60,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    ).fit(rows, labels)
    asked = np.vstack([rows, chance.normal(size=(500, 4)) * 3])
    assert folded.decision_function(asked) == pytest.approx(
        trees.decision_function(asked), abs=1e-9
    )
    parts = sum(folded.part(feature, asked[:, feature]) for feature in range(4))
    assert folded.intercept_ + parts == pytest.approx(folded.decision_function(asked))


def test_a_monotone_feature_is_monotone_everywhere() -> None:
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(800, 2))
    labels = (np.sin(3 * rows[:, 0]) + rows[:, 1] > 0).astype(int)
    model = AdditiveBoosting(monotonic_cst=[1, -1], random_state=0).fit(rows, labels)
    line = np.linspace(-6, 6, 1000)
    assert (np.diff(model.part(0, line)) >= 0).all()
    assert (np.diff(model.part(1, line)) <= 0).all()


def test_a_weight_follows_its_context_and_every_feature_adds_a_part_of_its_own() -> None:
    chance = np.random.default_rng(4)
    groups = np.repeat(np.arange(400), 6)
    rows = chance.normal(size=(2400, 2))
    side = np.repeat(np.arange(400) % 2, 6)
    told = np.where(side == 1, rows[:, 0], rows[:, 1])
    chosen = np.zeros(2400, dtype=int)
    for start in range(0, 2400, 6):
        chosen[start + int(np.argmax(told[start : start + 6]))] = 1
    contexts = np.column_stack([np.ones(2400), side])
    model = ContextualLogit().fit(rows, chosen, groups, contexts=contexts)
    slopes = model.coef_[0]
    assert slopes[0, 1] > 0.5
    assert slopes[1, 1] < -0.5
    parts = [model.part(place, rows[:, place], contexts.T) for place in range(2)]
    margin = model.decision_function(rows, contexts)
    assert np.sum(parts, axis=0) == pytest.approx(margin)
    alone = ContextualLogit().fit(rows, chosen, groups)
    assert model.decision_function(rows, contexts)[chosen > 0].mean() > (
        alone.decision_function(rows)[chosen > 0].mean()
    )


def test_a_rejected_row_with_a_weight_counts_as_so_many_rows() -> None:
    chance = np.random.default_rng(5)
    rows, groups = chance.normal(size=(300, 2)), np.repeat(np.arange(50), 6)
    chosen = (np.arange(300) % 6 == 0).astype(int)
    rows[:, 0] += chosen
    weight = np.where(chosen == 0, 1.0 + (np.arange(300) % 3 == 0), 1.0)
    again = np.repeat(np.arange(300), weight.astype(int))
    once = ContextualLogit(max_iter=300, tol=1e-9).fit(rows, chosen, groups, sample_weight=weight)
    more = ContextualLogit(max_iter=300, tol=1e-9).fit(rows[again], chosen[again], groups[again])
    assert once.coef_ == pytest.approx(more.coef_, abs=1e-4)
