"""The criteria of a history as numbered columns, and its deals by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.evaluation.dataset import CODED, Dataset, Floats, Integers
from matching.evaluation.protocol import Period, Protocol
from matching.ranking.learned.history import Block, Deals, Facts

# Ends of the bands of age in years, and of size in jobs.
_AGE_ENDS: Final = (1, 2, 3, 4, 6, 9)
_JOB_ENDS: Final = (1, 2, 3, 5, 10, 20, 50)
_LAST_ROUND: Final = 4  # that many earlier events or more are one value

AMOUNT: Final = "amount"
_AMOUNT_BANDS: Final = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """Facts of every event of a history.

    Attributes
    ----------
    facts : Facts
        One row per event.
    blocks : tuple of Block
        The criteria that the set fills. Crosses of two did not pay beside deals that are like
        the need in all of them.
    """

    facts: Facts
    blocks: tuple[Block, ...]

    def of_needs(self, dataset: Dataset, period: Period) -> Facts:
        """Return the facts of the needs of a period as known at its start.

        An event of the same firm earlier in the same period is not known yet.
        """
        events = np.array([case.event for case in period.cases], dtype=np.int64)
        facts = self.facts.take(events)
        known = dataset.days < period.before
        rounds = np.bincount(dataset.firms[known], minlength=int(dataset.firms.max()) + 1)
        values = dict(facts.values)
        values["round"] = np.minimum(rounds[dataset.firms[events]], _LAST_ROUND)
        return Facts(values, facts.sizes)


def build_columns(dataset: Dataset) -> Columns:
    """Number the criteria of a history.

    What is missing is a value of its own: a financier's deals lack a city, a founding year or
    an amount in their own way. It is a fact of such histories, known before the outcome.
    """
    values: dict[str, Integers] = {
        name: dataset.columns[name] for name in CODED if name in dataset.columns
    }
    sizes = {name: len(dataset.values[name]) for name in values}
    values["round"], sizes["round"] = _earlier_events(dataset), _LAST_ROUND + 1
    years = np.array([np.datetime64(int(day) - 719163, "D") for day in dataset.days])
    started = dataset.numbers.get("founded_year")
    if started is not None:
        age = years.astype("datetime64[Y]").astype(int) + 1970 - started
        values["age"], sizes["age"] = _banded(age, _AGE_ENDS)
    jobs = dataset.numbers.get("jobs")
    if jobs is not None:
        values["size"], sizes["size"] = _banded(jobs, _JOB_ENDS)
    values[AMOUNT], sizes[AMOUNT] = _amount_bands(dataset.amounts)
    for name, codes in values.items():
        values[name] = np.where(codes < 0, sizes[name], codes)
        sizes[name] += 1
    blocks = tuple(Block(name, name, (name,)) for name in values)
    return Columns(Facts(values, sizes), blocks)


def new_deals(dataset: Dataset, protocol: Protocol, columns: Columns) -> Deals:
    """Return the deals that began a relation: a financier's first with its firm.

    Later rounds of the same two say little about whom a financier takes on.
    """
    rows = np.flatnonzero(protocol.is_new)
    return Deals(
        dataset.link_units[rows],
        dataset.link_days[rows],
        np.ones(len(rows)),
        columns.facts.take(dataset.link_events[rows]),
    )


def _earlier_events(dataset: Dataset) -> Integers:
    """Return how many events of the same firm lie on earlier days, up to the last value."""
    order = np.lexsort((dataset.days, dataset.firms))
    firms, days = dataset.firms[order], dataset.days[order]
    places = np.arange(len(order))
    starts = np.maximum.accumulate(np.where(np.r_[True, firms[1:] != firms[:-1]], places, 0))
    is_new_day = np.r_[True, (firms[1:] != firms[:-1]) | (days[1:] != days[:-1])]
    day_starts = np.maximum.accumulate(np.where(is_new_day, places, 0))
    earlier = np.empty(len(order), dtype=np.int64)
    earlier[order] = np.minimum(day_starts - starts, _LAST_ROUND)
    return earlier


def _banded(figures: Floats, ends: tuple[int, ...]) -> tuple[Integers, int]:
    bands = np.searchsorted(np.array(ends), np.nan_to_num(figures), side="right")
    return np.where(np.isnan(figures), -1, bands), len(ends) + 1


def _amount_bands(amounts: Floats) -> tuple[Integers, int]:
    """Return bands of half a doubling; what is above the last is in the last."""
    known = ~np.isnan(amounts) & (amounts > 0)
    halves = np.floor(2 * np.log2(np.where(known, amounts, 1.0))).astype(np.int64)
    return np.where(known, np.clip(halves, 0, _AMOUNT_BANDS - 1), -1), _AMOUNT_BANDS
