"""The protocol: which needs, which candidates, what was known before each period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.dataset import Dataset, Integers
from matching.evaluation.splitting import PeriodKind, Window, periods

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NeedCase:
    """One need to rank for.

    Attributes
    ----------
    event : int
    financiers : int array
        Units that funded this firm for the first time with this event, reachable or not;
        one that had funded the firm before is no match.
    earlier : int array
        Units that had funded the firm before the period: no candidates.
    known_firm : bool
        Whether the firm had an event before the period.
    """

    event: int
    financiers: Integers
    earlier: Integers
    known_firm: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Needs of one period, with the day before which everything is known.

    Attributes
    ----------
    before : int
        Ordinal of the first day of the period.
    cases : tuple of NeedCase
    candidates : bool array, shape (units,)
        Financiers with enough deals strictly before the period.
    """

    before: int
    cases: tuple[NeedCase, ...]
    candidates: Flags

    def list_of(self, case: NeedCase) -> Integers:
        """Return the candidates of one need, ascending."""
        own = self.candidates.copy()
        own[case.earlier] = False
        return np.flatnonzero(own)


class Protocol:
    """Rebuilds what was known at the start of each period.

    Parameters
    ----------
    dataset : Dataset
    kind : {"month", "day"}
    min_deals : int
        Deals that make a financier a candidate.
    drop_stages : set of str
        Needs of these stages are not ranked for; their deals still count as history.
        ``unknown`` stands for those without a stage.

    Raises
    ------
    ValueError
        Where the set has no such stage, with those that it has.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        kind: PeriodKind,
        min_deals: int = 1,
        drop_stages: frozenset[str] = frozenset(),
    ) -> None:
        self._dataset = dataset
        self.kind = kind
        self._min_deals = min_deals
        self._dropped = _with_stages(dataset, drop_stages)
        self._link_firms = dataset.firms[dataset.link_events]
        self.is_new = self._first_links()
        self._starts = np.searchsorted(dataset.link_events, np.arange(len(dataset.events) + 1))
        self._first_event = np.full(int(dataset.firms.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(self._first_event, dataset.firms, dataset.days)

    def periods(self, window: Window) -> Iterator[Period]:
        """Yield the periods of a window that have needs."""
        for part in periods(window, self.kind):
            before = part.start.toordinal()
            first, last = np.searchsorted(self._dataset.days, [before, part.end.toordinal()])
            cases = tuple(self._cases(int(first), int(last), before))
            if cases:
                yield Period(before, cases, self._candidates(before))

    def _cases(self, first: int, last: int, before: int) -> Iterator[NeedCase]:
        known = self._dataset.link_days < before
        for event in range(first, last):
            own = slice(self._starts[event], self._starts[event + 1])
            financiers = self._dataset.link_units[own][self.is_new[own]]
            if len(financiers) == 0 or self._dropped[event]:
                continue
            firm = self._dataset.firms[event]
            earlier = self._dataset.link_units[known & (self._link_firms == firm)]
            is_known = bool(self._first_event[firm] < before)
            yield NeedCase(event, financiers, np.unique(earlier), is_known)

    def _candidates(self, before: int) -> Flags:
        known = self._dataset.link_days < before
        units = self._dataset.link_units[known]
        counts = np.bincount(units, minlength=len(self._dataset.units))
        return counts >= self._min_deals

    def _first_links(self) -> Flags:
        """Return which links are the first of their firm and unit, by day."""
        pair = self._link_firms * len(self._dataset.units) + self._dataset.link_units
        numbers = np.unique(pair, return_inverse=True)[1]
        days = self._dataset.link_days
        first = np.full(int(numbers.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, numbers, days)
        new: Flags = days == first[numbers]
        return new


def _with_stages(dataset: Dataset, wanted: frozenset[str]) -> Flags:
    """Return which events have one of some stages."""
    names = (*dataset.values.get("stage", ()), "unknown")
    for stage in sorted(wanted - set(names)):
        raise ValueError(f"数据中没有阶段“{stage}”；有：{'、'.join(names)}")
    codes = dataset.columns.get("stage", np.full(len(dataset.events), -1, dtype=np.int64))
    numbers = np.where(codes < 0, len(names) - 1, codes)
    chosen: Flags = np.isin(numbers, [names.index(stage) for stage in sorted(wanted)])
    return chosen
