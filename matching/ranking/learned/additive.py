"""Boosting without interactions, folded into one step function per feature."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = NDArray[np.float64]


class AdditiveBoosting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # no types
    """Gradient boosting whose trees see one feature each.

    The fitted margin is an intercept plus one step function per feature: it is looked up
    instead of computed, its explanation is exact, and a monotone feature is monotone
    everywhere.

    Parameters
    ----------
    monotonic_cst : array-like of int or None, default=None
        1 where more may not lower the margin, -1 where more may not raise it, 0 elsewhere.
    max_iter : int, default=150
    learning_rate : float, default=0.1
    max_leaf_nodes : int, default=6
    min_samples_leaf : int, default=60
    l2_regularization : float, default=1.0
    random_state : int or None, default=None

    Attributes
    ----------
    classes_ : array, shape (2,)
    n_iter_ : int
    intercept_ : float
    edges_ : list of float arrays
        Per feature, ascending: where its step function changes.
    steps_ : list of float arrays
        Per feature, one value more than edges; ``steps_[j][i]`` holds for values above
        ``edges_[j][i - 1]`` and up to ``edges_[j][i]``.
    """

    def __init__(
        self,
        *,
        monotonic_cst: ArrayLike | None = None,
        max_iter: int = 150,
        learning_rate: float = 0.1,
        max_leaf_nodes: int = 6,
        min_samples_leaf: int = 60,
        l2_regularization: float = 1.0,
        random_state: int | None = None,
    ) -> None:
        self.monotonic_cst = monotonic_cst
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803 - the contract's name
        """Boost, and fold the trees.

        Raises
        ------
        ValueError
            Where y has another number of classes than two.
        """
        rows: Floats
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) != 2:
            text = "Only binary classification is supported: y holds "
            raise ValueError(f"{text}{len(self.classes_)} class(es) instead of two")
        boosted = HistGradientBoostingClassifier(
            interaction_cst="no_interactions",
            monotonic_cst=self.monotonic_cst,
            max_iter=self.max_iter,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=self.l2_regularization,
            random_state=self.random_state,
            early_stopping=False,
        ).fit(rows, labels)
        self.n_iter_ = int(boosted.n_iter_)
        self.edges_, self.steps_, self.intercept_ = _folded(boosted, rows.shape[1])
        return self

    def part(self, feature: int, values: Floats) -> Floats:
        """Return what one feature adds to the margin, in the shape of its values."""
        check_is_fitted(self)
        place = np.searchsorted(self.edges_[feature], values)
        added: Floats = self.steps_[feature][place]
        return added

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return the margin of each row, shape (n_rows,)."""
        check_is_fitted(self)
        rows: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        margin = np.full(len(rows), self.intercept_)
        for feature in range(rows.shape[1]):
            margin += self.part(feature, rows[:, feature])
        return margin

    def predict_proba(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return the probabilities of both classes, shape (n_rows, 2)."""
        second = 1.0 / (1.0 + np.exp(-self.decision_function(X)))
        return np.column_stack([1.0 - second, second])

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803 - the contract's name
        """Return the likelier class of each row."""
        is_second = self.decision_function(X) > 0
        classes: NDArray[Any] = self.classes_[is_second.astype(np.int64)]
        return classes

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def _folded(
    boosted: HistGradientBoostingClassifier, features: int
) -> tuple[list[Floats], list[Floats], float]:
    """Return edges and steps of each feature, and what is left as intercept."""
    leaves: list[list[tuple[float, float, float]]] = [[] for _ in range(features)]
    intercept = float(np.ravel(boosted._baseline_prediction)[0])
    for (tree,) in boosted._predictors:
        nodes = tree.nodes
        if nodes[0]["is_leaf"]:
            intercept += float(nodes[0]["value"])
            continue
        _walk(nodes, 0, -np.inf, np.inf, leaves[int(nodes[0]["feature_idx"])])
    edges, steps = [], []
    for own in leaves:
        ends = np.unique([upper for _, upper, _ in own if np.isfinite(upper)])
        values = np.zeros(len(ends) + 1)
        for lower, upper, value in own:
            first = 0 if np.isinf(lower) else int(np.searchsorted(ends, lower)) + 1
            last = len(ends) if np.isinf(upper) else int(np.searchsorted(ends, upper))
            values[first : last + 1] += value
        edges.append(ends.astype(np.float64))
        steps.append(values)
    return edges, steps, intercept


def _walk(
    nodes: Any, place: int, lower: float, upper: float, out: list[tuple[float, float, float]]
) -> None:
    node = nodes[place]
    if node["is_leaf"]:
        out.append((lower, upper, float(node["value"])))
        return
    threshold = float(node["num_threshold"])
    _walk(nodes, int(node["left"]), lower, threshold, out)
    _walk(nodes, int(node["right"]), threshold, upper, out)
