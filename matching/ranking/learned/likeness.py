"""Deals like a need, financiers like those that a firm already has, and amounts as usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.ranking.learned.history import Deals, Floats, Integers

# What a deal still counts for where a criterion differs; a missing value lies between.
MISMATCH: Mapping[str, float] = {
    "region": 0.2,
    "city": 0.4,
    "sector1": 0.2,
    "sector2": 0.5,
    "sector3": 0.5,
    "stage": 0.4,
    "round": 0.6,
    "age": 0.8,
    "size": 0.8,
}
_OVERALL = 0.02  # what all deals count for beside those that are like the need
_LEAST_SHARE = 0.05


class LikeDeals:
    """Scores units by how much of what they did was like a need.

    Every known deal counts for the product, over criteria, of what a mismatch leaves of it;
    so likeness in several criteria at once shows without a table of their crosses.

    Parameters
    ----------
    deals : Deals
        Known ones.
    amounts : float array, shape (deals,)
        NaN where undisclosed.
    units : int
    half_life : float
        In deals.
    """

    def __init__(self, deals: Deals, amounts: Floats, *, units: int, half_life: float) -> None:
        later = len(deals.days) - np.searchsorted(np.sort(deals.days), deals.days, "right")
        self._weights = deals.weights * 0.5 ** (later / half_life)
        self._values = {
            name: codes for name, codes in deals.facts.values.items() if name in MISMATCH
        }
        self._logarithms = np.log(np.maximum(amounts, 1.0))
        self._left: dict[tuple[str, int], Floats] = {}
        self._units = deals.units
        self._count = units
        totals = np.bincount(deals.units, deals.weights, minlength=units) + _LEAST_SHARE
        self._share = totals / totals.sum()

    def scores(self, values: Mapping[str, int], amount: float) -> Floats:
        """Return the logarithm of each unit's share of the deals like the need.

        Parameters
        ----------
        values : mapping of str to int
            Of the need; -1 where unknown.
        amount : float
            NaN leaves amounts out.
        """
        weights = self._weights.copy()
        for name in self._values:
            if values[name] >= 0:
                weights *= self._left_by(name, values[name])
        if not np.isnan(amount):
            distance = np.abs(self._logarithms - np.log(max(amount, 1.0)))
            weights *= np.where(np.isnan(distance), 0.5, np.exp(-distance))
        own = np.bincount(self._units, weights, minlength=self._count)
        whole = float(weights.sum())
        scores: Floats = np.log((own + _OVERALL * whole * self._share + 1e-9) / (whole + 1e-9))
        return scores

    def _left_by(self, name: str, value: int) -> Floats:
        """Return what the criterion leaves of each deal for a need with the value."""
        if (name, value) not in self._left:
            codes, left = self._values[name], MISMATCH[name]
            self._left[name, value] = np.where(
                codes == value, 1.0, np.where(codes < 0, left**0.5, left)
            )
        return self._left[name, value]


RELATIONS = ("together", "follows", "two_steps", "together_lift")


class Relations:
    """Who finances firms together with, or after, whom.

    Parameters
    ----------
    firms, units, days : int array, shape (links,)
        Known links, one row each.
    count : int
        Number of units.
    """

    def __init__(self, firms: Integers, units: Integers, days: Integers, *, count: int) -> None:
        first = _first_links(firms, units, days)
        rows = np.unique(first.firms, return_inverse=True)[1]
        size = int(rows.max()) + 1 if len(rows) else 0
        ones = np.ones(len(rows))
        of_firm = sparse.coo_array((ones, (rows, first.units)), shape=(size, count)).tocsr()
        self._together = (of_firm.T @ of_firm).tocsr()
        self._firms_of = of_firm.sum(axis=0)
        self._followers = _followers(rows, first, size, count)
        self._led = self._followers.sum(axis=1)
        others = self._together.copy()
        others.setdiag(0)
        others.eliminate_zeros()
        reach = others.sum(axis=1)
        self._step = sparse.diags_array(1.0 / np.maximum(reach, 1.0)) @ others

    def features(self, earlier: Integers) -> Floats:
        """Return how each unit stands to a firm's earlier financiers.

        Returns
        -------
        float array, shape (len(RELATIONS), units)
            Zeros where the firm has none.
        """
        count = len(self._firms_of)
        if len(earlier) == 0:
            return np.zeros((len(RELATIONS), count))
        own = self._firms_of[earlier]
        together = self._together[earlier].toarray()
        scale = np.sqrt(np.maximum(own, 1.0)[:, np.newaxis] * np.maximum(self._firms_of, 1.0))
        follows = self._followers[earlier].toarray() / (self._led[earlier] + 5.0)[:, np.newaxis]
        two_steps = (self._step[earlier] @ self._step).sum(axis=0)
        expected = own.sum() * (self._firms_of + 0.5) / max(self._firms_of.sum(), 1.0)
        return np.stack(
            [
                (together / scale).max(axis=0),
                np.log(follows.sum(axis=0) + 1e-3),
                np.log(two_steps + 1e-4),
                np.log((together.sum(axis=0) + 0.5 * expected) / np.maximum(expected, 1e-9)),
            ]
        )


@dataclass(frozen=True, slots=True)
class _First:
    """The first link of each firm and unit, by firm, then by day."""

    firms: Integers
    units: Integers
    days: Integers


def _first_links(firms: Integers, units: Integers, days: Integers) -> _First:
    order = np.lexsort((days, units, firms))
    firms, units, days = firms[order], units[order], days[order]
    if len(firms) == 0:
        return _First(firms, units, days)
    is_first = np.r_[True, (firms[1:] != firms[:-1]) | (units[1:] != units[:-1])]
    firms, units, days = firms[is_first], units[is_first], days[is_first]
    order = np.lexsort((units, days, firms))
    return _First(firms[order], units[order], days[order])


def _followers(rows: Integers, first: _First, size: int, count: int) -> sparse.csr_array:
    """Return how often each unit came to a firm on a later day than each other one."""
    starts = np.searchsorted(rows, np.arange(size + 1))
    leads: list[Integers] = []
    followers: list[Integers] = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if end - start > 1 and first.days[start] < first.days[end - 1]:
            days, units = first.days[start:end], first.units[start:end]
            before, after = np.nonzero(days[:, np.newaxis] < days[np.newaxis])
            leads.append(units[before])
            followers.append(units[after])
    lead = np.concatenate(leads) if leads else np.zeros(0, dtype=np.int64)
    follower = np.concatenate(followers) if followers else np.zeros(0, dtype=np.int64)
    ones = np.ones(len(lead))
    return sparse.coo_array((ones, (lead, follower)), shape=(count, count)).tocsr()


class UsualAmounts:
    """How far an amount lies from what each unit usually gives.

    Parameters
    ----------
    units : int array, shape (deals,)
    amounts : float array, shape (deals,)
        NaN where undisclosed.
    count : int
        Number of units.
    """

    def __init__(self, units: Integers, amounts: Floats, *, count: int) -> None:
        known = np.flatnonzero(~np.isnan(amounts))
        units, logarithms = units[known], np.log(np.maximum(amounts[known], 1.0))
        number = np.bincount(units, minlength=count)
        mean = float(logarithms.mean()) if len(known) else 0.0
        spread = float(logarithms.var()) if len(known) else 1.0
        self._mean = (np.bincount(units, logarithms, minlength=count) + 1.5 * mean) / (number + 1.5)
        away = (logarithms - self._mean[units]) ** 2
        variance = (np.bincount(units, away, minlength=count) + 3.0 * spread) / (number + 3.0)
        self._deviation = np.sqrt(np.maximum(variance, 0.2))

    def gaps(self, amount: float) -> Floats:
        """Return the distance in logarithms and in deviations, shape (2, units).

        Zeros where the amount is NaN.
        """
        if np.isnan(amount):
            return np.zeros((2, len(self._mean)))
        distance = np.abs(np.log(max(amount, 1.0)) - self._mean)
        return np.stack([distance, distance / self._deviation])
