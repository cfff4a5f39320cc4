"""Bent lines whose slopes depend on the pair's context (conditional likelihood)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.utils.validation import (
    _check_sample_weight,
    check_array,
    check_is_fitted,
    validate_data,
)

from matching.ranking.learned.conditional import Choices

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_KNOT = 1.0  # standard deviations above the mean at which a line may bend


class ContextualLogit(BaseEstimator):  # type: ignore[misc]  # has no types
    """A sum of one bent line per feature, with slopes of their own in each context.

    The margin of a row is the sum over features of ``slope * value`` and of ``bend * excess``,
    where the excess is what the value has beyond one standard deviation above its mean.
    Slope and bend are sums over contexts: what a lift says about an institution with two
    deals is less than about one with two hundred, and of a firm that has financiers other
    things tell than of a new one. Each feature still adds a part of its own, so the
    explanation is exact. The loss is that of
    :class:`~matching.ranking.learned.conditional.ConditionalLogit`.

    Parameters
    ----------
    alpha : float, default=1e-3
        Weight of the squared (L2) penalty on the standardised weights that hold in every
        context, per positive.
    context_alpha : float, default=4e-3
        The same for those of each further context.
    max_iter : int, default=100
        Largest number of L-BFGS steps: stopping early is part of the restraint.
    tol : float, default=1e-5
        Gradient at which the fit stops.

    Attributes
    ----------
    mean_, scale_ : float array, shape (n_features,)
        Means and standard deviations of the rows that were fitted.
    coef_ : float array, shape (2, n_features, n_contexts)
        Slopes and bends, per standard deviation.
    n_iter_ : int
    """

    def __init__(
        self,
        *,
        alpha: float = 1e-3,
        context_alpha: float = 4e-3,
        max_iter: int = 100,
        tol: float = 1e-5,
    ) -> None:
        self.alpha = alpha
        self.context_alpha = context_alpha
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - the estimator contract names it so
        y: ArrayLike,
        groups: ArrayLike | None = None,
        contexts: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> ContextualLogit:
        """Fit the weights; with rows of 32 bits in those, which halves time and memory.

        Parameters
        ----------
        X : array-like, shape (n_rows, n_features)
        y : array-like, shape (n_rows,)
            1 where the row was chosen, 0 where it was not.
        groups : array-like of int, shape (n_rows,), or None
            The need of each row; None takes all rows as one need.
        contexts : array-like, shape (n_rows, n_contexts), or None
            How much each context holds for each row; the first is meant to hold for all. None
            is one context that holds for all.
        sample_weight : array-like, shape (n_rows,), or None
            Weight of a chosen row; a rejected row counts with it in the softmax.
        """
        rows, labels = validate_data(self, X, y, dtype=[np.float64, np.float32])
        weight = _check_sample_weight(
            sample_weight, rows, dtype=np.float64, ensure_non_negative=True
        )
        group = np.zeros(len(rows), dtype=np.int64) if groups is None else np.asarray(groups)
        order = np.argsort(group, kind="stable")
        held = _contexts(contexts, len(rows)).astype(rows.dtype)[order]
        choices = Choices(np.asarray(labels)[order] > 0, group[order], weight[order])
        self.mean_: Floats = np.average(rows, axis=0, weights=weight).astype(np.float64)
        spread = np.average((rows - self.mean_.astype(rows.dtype)) ** 2, axis=0, weights=weight)
        self.scale_: Floats = np.maximum(np.sqrt(spread), 1e-12).astype(np.float64)
        bent = self._bent(rows)[order]
        shape = bent.shape[1], held.shape[1]
        penalty = np.full(shape, self.context_alpha)
        penalty[:, 0] = self.alpha

        def loss(flat: Floats) -> tuple[float, Floats]:
            weights = flat.reshape(shape)
            margin = ((bent @ weights.astype(bent.dtype)) * held).sum(axis=1)
            value, slope = choices.loss(margin.astype(np.float64))
            pull = bent.T @ (slope[:, np.newaxis].astype(bent.dtype) * held)
            gradient = pull.astype(np.float64) + 2 * penalty * weights
            return value + float((penalty * weights**2).sum()), gradient.ravel()

        answer = minimize(
            loss,
            np.zeros(shape[0] * shape[1]),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.max_iter, "gtol": self.tol},
        )
        self.coef_: Floats = answer.x.reshape(2, rows.shape[1], shape[1])
        self.n_iter_ = int(answer.nit)
        return self

    def part(self, feature: int, values: Floats, contexts: Floats) -> Floats:
        """Return what one feature adds to the margin.

        Parameters
        ----------
        feature : int
        values : float array, shape (..., pairs)
        contexts : float array, shape (n_contexts, pairs)
        """
        check_is_fitted(self)
        slope, bend = self.coef_[:, feature] @ contexts
        scaled = (values - self.mean_[feature]) / self.scale_[feature]
        added: Floats = slope * scaled + bend * np.maximum(scaled - _KNOT, 0.0)
        return added

    def decision_function(
        self,
        X: ArrayLike,  # noqa: N803 - the contract's name
        contexts: ArrayLike | None = None,
    ) -> Floats:
        """Return the margin of each row, shape (n_rows,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        held = _contexts(contexts, len(rows))
        weights = self.coef_.reshape(-1, self.coef_.shape[2])
        margin: Floats = ((self._bent(rows) @ weights) * held).sum(axis=1)
        return margin

    predict = decision_function

    def _bent(self, rows: Floats) -> Floats:
        """Return standardised values and their excesses, shape (n_rows, 2 * n_features)."""
        scaled = (rows - self.mean_.astype(rows.dtype)) / self.scale_.astype(rows.dtype)
        excess = np.maximum(scaled - rows.dtype.type(_KNOT), 0)
        bent: Floats = np.concatenate([scaled, excess], axis=1)
        return bent


def _contexts(contexts: ArrayLike | None, rows: int) -> Floats:
    if contexts is None:
        return np.ones((rows, 1))
    held: Floats = check_array(contexts, dtype=np.float64)
    if len(held) != rows:
        raise ValueError(f"contexts holds {len(held)} rows where X holds {rows}")
    return held
