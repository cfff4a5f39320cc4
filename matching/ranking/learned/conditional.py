"""Logistic regression with one choice per need (conditional likelihood)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class ConditionalLogit(BaseEstimator):  # type: ignore[misc]  # has no types
    """Weights under which the chosen candidates of each need stand out among its own.

    For each positive row the loss is its negative log-probability under a softmax over that
    row and the negatives of its group. What is constant within a group cancels, so the
    popularity of a month or the size of a list teaches nothing.

    Parameters
    ----------
    alpha : float, default=1e-3
        Weight of the squared (L2) penalty on the standardised coefficients, per positive.
    non_negative : bool or array-like of bool, default=False
        Features whose weight may not be negative.
    max_iter : int, default=200
        Largest number of L-BFGS steps. Changes results only when it is reached.
    tol : float, default=1e-6
        Gradient at which the fit stops.

    Attributes
    ----------
    coef_ : float array, shape (n_features,)
    scale_ : float array, shape (n_features,)
        Standard deviations by which features were divided in the fit.
    n_iter_ : int
    """

    def __init__(
        self,
        *,
        alpha: float = 1e-3,
        non_negative: bool | ArrayLike = False,
        max_iter: int = 200,
        tol: float = 1e-6,
    ) -> None:
        self.alpha = alpha
        self.non_negative = non_negative
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - the estimator contract names it so
        y: ArrayLike,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> ConditionalLogit:
        """Fit the weights.

        Parameters
        ----------
        X : array-like, shape (n_rows, n_features)
        y : array-like, shape (n_rows,)
            1 where the row was chosen, 0 where it was not.
        groups : array-like of int, shape (n_rows,), or None
            The need of each row; None takes all rows as one need.
        sample_weight : array-like, shape (n_rows,), or None
            Weight of a chosen row; a rejected row counts with it in the softmax.
        """
        rows: Floats
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        chosen = np.asarray(labels) > 0
        group = np.zeros(len(rows), dtype=np.int64) if groups is None else np.asarray(groups)
        weight: Floats = _check_sample_weight(
            sample_weight, rows, dtype=np.float64, ensure_non_negative=True
        )
        mean = np.average(rows, axis=0, weights=weight)
        spread = np.average((rows - mean) ** 2, axis=0, weights=weight)
        self.scale_: Floats = np.maximum(np.sqrt(spread), 1e-12)
        problem = _Problem(rows / self.scale_, chosen, group, weight, self.alpha)
        signs = np.broadcast_to(np.asarray(self.non_negative, dtype=bool), (rows.shape[1],))
        answer = minimize(
            problem.loss,
            np.zeros(rows.shape[1]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0 if sign else None, None) for sign in signs],
            options={"maxiter": self.max_iter, "gtol": self.tol},
        )
        self.coef_: Floats = answer.x / self.scale_
        self.n_iter_ = int(answer.nit)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return the margin of each row, shape (n_rows,)."""
        check_is_fitted(self)
        rows: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        margin: Floats = rows @ self.coef_
        return margin

    predict = decision_function


class Choices:
    """The softmax of each need over its chosen and rejected rows, as a loss of margins.

    Parameters
    ----------
    chosen : bool array, shape (rows,)
    group : int array, shape (rows,)
        The need of each row, ascending.
    weight : float array, shape (rows,)
        Of a chosen row in the loss; of a rejected row in the softmax, where it stands for
        that many alike.
    """

    def __init__(self, chosen: NDArray[np.bool_], group: Integers, weight: Floats) -> None:
        self._chosen, self._weight = chosen, weight
        numbers = np.unique(group, return_inverse=True)[1]
        self._group = numbers
        self._count = int(numbers.max()) + 1
        self._starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
        self.positives = float(np.maximum(weight[chosen].sum(), 1.0))

    def loss(self, margin: Floats) -> tuple[float, Floats]:
        """Return the loss per positive, and its slope in each margin."""
        top = np.maximum.reduceat(margin, self._starts)[self._group]
        others = np.where(self._chosen, 0.0, self._weight * np.exp(margin - top))
        rest = np.bincount(self._group, others, minlength=self._count)
        own = np.exp((margin - top)[self._chosen])
        total = own + rest[self._group[self._chosen]]
        weight = self._weight[self._chosen]
        value = (weight * (np.log(total) - (margin - top)[self._chosen])).sum()
        slope = np.zeros(len(margin))
        slope[self._chosen] = weight * (own / total - 1.0)
        pull = np.bincount(self._group[self._chosen], weight / total, minlength=self._count)
        slope += others * pull[self._group]
        return float(value) / self.positives, slope / self.positives


class _Problem:
    """The loss and its gradient; rows are sorted by group once."""

    def __init__(
        self, x: Floats, chosen: NDArray[np.bool_], group: Integers, weight: Floats, alpha: float
    ) -> None:
        order = np.argsort(group, kind="stable")
        self._x = x[order]
        self._choices = Choices(chosen[order], group[order], weight[order])
        self._alpha = alpha

    def loss(self, coefficients: Floats) -> tuple[float, Floats]:
        value, slope = self._choices.loss(self._x @ coefficients)
        gradient = self._x.T @ slope + 2 * self._alpha * coefficients
        return value + self._alpha * float(coefficients @ coefficients), gradient
