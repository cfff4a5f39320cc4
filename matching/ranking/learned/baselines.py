"""Models before there is a model: popularity, and naive-Bayes lifts that explain themselves.

Each is a classifier whose classes are the financiers: ``fit(X, y)`` takes one row per deal
(values of criteria as numbers) and who financed it, ``decision_function`` scores every
financier for each need, in logarithms.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class _FinancierClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # no types
    """What the baselines share: checks, classes, and answers made from scores."""

    def decision_function(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return a score per row and class; with two classes, the second's less the first's."""
        scores = self.class_scores(X)
        return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

    def class_scores(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return the score of every class, shape (n_rows, n_classes)."""
        check_is_fitted(self)
        rows: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        return self._scores(rows)

    def predict_proba(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return the scores as shares that add up to 1 in each row."""
        scores = self.class_scores(X)
        share = np.exp(scores - scores.max(axis=1, keepdims=True))
        total: Floats = share / share.sum(axis=1, keepdims=True)
        return total

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803 - the contract's name
        """Return the best class of each row; of equal ones the first."""
        places = self.class_scores(X).argmax(axis=1)
        best: NDArray[Any] = self.classes_[places]
        return best

    def _checked(self, X: ArrayLike, y: ArrayLike) -> tuple[Floats, Integers]:  # noqa: N803
        rows: Floats
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        return rows, numbers

    def _scores(self, rows: Floats) -> Floats:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # that is what baselines are for
        return tags


class PopularityClassifier(_FinancierClassifier):
    """Ranks financiers by their number of deals, whatever the need.

    Parameters
    ----------
    half_life : float or None, default=None
        Days in which a deal loses half its weight; None counts all alike.
    day : int, default=0
        Column of X that holds the day of the deal, looked at with a half-life only. Deals are
        weighed against the latest day seen.
    smoothing : float, default=0.5
        Deals that every financier is taken to have.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
    counts_ : float array, shape (n_classes,)
    """

    def __init__(
        self, *, half_life: float | None = None, day: int = 0, smoothing: float = 0.5
    ) -> None:
        self.half_life = half_life
        self.day = day
        self.smoothing = smoothing

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803 - the contract's name
        """Count deals."""
        rows, numbers = self._checked(X, y)
        weights = np.ones(len(rows))
        if self.half_life is not None:
            days = rows[:, self.day]
            weights = 0.5 ** ((days.max() - days) / self.half_life)
        counts = np.bincount(numbers, weights, minlength=len(self.classes_))
        self.counts_: Floats = counts.astype(np.float64)
        return self

    def _scores(self, rows: Floats) -> Floats:
        return np.tile(np.log(self.counts_ + self.smoothing), (len(rows), 1))


class SegmentPopularityClassifier(_FinancierClassifier):
    """Ranks financiers by their deals in the need's segment, then by all of their deals.

    Parameters
    ----------
    segment : int, default=0
        Column of X with the segment; a segment that was never seen, or is negative, has no
        deals, so that the overall count decides.
    smoothing : float, default=1e-3
        What a deal outside the segment counts for.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
    segments_ : float array, shape (n_segments,)
    counts_ : sparse array, shape (n_segments, n_classes)
    totals_ : float array, shape (n_classes,)
    """

    def __init__(self, *, segment: int = 0, smoothing: float = 1e-3) -> None:
        self.segment = segment
        self.smoothing = smoothing

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803 - the contract's name
        """Count deals by segment."""
        rows, numbers = self._checked(X, y)
        self.segments_, places = np.unique(rows[:, self.segment], return_inverse=True)
        self.counts_ = _count(places, numbers, (len(self.segments_), len(self.classes_)))
        self.totals_: Floats = np.bincount(numbers, minlength=len(self.classes_)).astype(float)
        return self

    def _scores(self, rows: Floats) -> Floats:
        known, places = _places(self.segments_, rows[:, self.segment])
        own = self.counts_[places].toarray() * (known & (rows[:, self.segment] >= 0))[:, None]
        scores: Floats = np.log(own + self.smoothing * (self.totals_ + self.smoothing))
        return scores


class NaiveBayesLifts(_FinancierClassifier):
    """Adds up, per criterion, how much more often a financier chose the need's value.

    The score is the logarithm of the share of all deals plus one smoothed log-lift per
    column: each is a sentence ("three times as often in this region as others"), and their sum
    orders as naive Bayes does.

    Parameters
    ----------
    strength : float, default=2.0
        Deals that the base rate counts for in each lift.
    smoothing : float, default=0.5
        Deals that every financier is taken to have.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
    prior_ : float array, shape (n_classes,)
    values_ : list of float arrays
        The values of each column that were seen.
    """

    def __init__(self, *, strength: float = 2.0, smoothing: float = 0.5) -> None:
        self.strength = strength
        self.smoothing = smoothing

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803 - the contract's name
        """Count deals by value; negative values are unknown and count for nothing."""
        rows, numbers = self._checked(X, y)
        size = len(self.classes_)
        self.totals_: Floats = np.bincount(numbers, minlength=size).astype(float)
        shares = self.totals_ + self.smoothing
        self.prior_: Floats = np.log(shares / shares.sum())
        self.values_: list[Floats] = []
        self.counts_: list[sparse.csr_array] = []
        for column in rows.T:
            known = np.flatnonzero(column >= 0)
            values, places = np.unique(column[known], return_inverse=True)
            self.values_.append(values)
            self.counts_.append(_count(places, numbers[known], (len(values), size)))
        return self

    def lifts(self, X: ArrayLike) -> Floats:  # noqa: N803 - the contract's name
        """Return the log-lift of each column, shape (n_columns, n_rows, n_classes)."""
        check_is_fitted(self)
        rows: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        return np.stack([self._lift(column, rows[:, column]) for column in range(rows.shape[1])])

    def _scores(self, rows: Floats) -> Floats:
        scores = np.tile(self.prior_, (len(rows), 1))
        for column in range(rows.shape[1]):
            scores += self._lift(column, rows[:, column])
        return scores

    def _lift(self, column: int, own: Floats) -> Floats:
        values, counts = self.values_[column], self.counts_[column]
        if len(values) == 0:
            return np.zeros((len(own), len(self.classes_)))
        known, places = _places(values, own)
        distinct, back = np.unique(places, return_inverse=True)
        of_value = counts.sum(axis=1)[distinct]
        base = (of_value / counts.sum())[:, np.newaxis]
        told = counts.sum(axis=0)[np.newaxis]
        lift = np.log((counts[distinct].toarray() + self.strength * base) / base)
        lift -= np.log(told + self.strength)
        whole: Floats = np.where(known[:, None], lift[back], 0.0)
        return whole


def _count(rows: Integers, columns: Integers, shape: tuple[int, int]) -> sparse.csr_array:
    ones = np.ones(len(rows))
    return sparse.coo_array((ones, (rows, columns)), shape=shape).tocsr()


def _places(values: Floats, wanted: Floats) -> tuple[NDArray[np.bool_], Integers]:
    """Return which values are known, and where they stand (anywhere for the unknown)."""
    places = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
    known: NDArray[np.bool_] = values[places] == wanted
    return known, places
