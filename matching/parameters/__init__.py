"""Dated, sourced parameters: what an officer may adjust without touching code."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache

from matching.parameters.loader import Entry, change_days, entries, files_version
from matching.parameters.records import COMPONENTS, STAGE_CODES, Parameters, StageRule
from matching.parameters.records import build_parameters as _build

__all__ = [
    "COMPONENTS",
    "STAGE_CODES",
    "Entry",
    "Parameters",
    "StageRule",
    "entries",
    "files_version",
    "load_parameters",
]


def load_parameters(on: date | None = None) -> Parameters:
    """Return the parameters that hold on a day, or the latest ones.

    Parameters
    ----------
    on : date or None
        The day; before the first dated value of a parameter, that first value holds.

    Raises
    ------
    ParameterError
        When a file lacks a value or contradicts itself.

    Examples
    --------
    >>> load_parameters(date(2026, 11, 23)).worst_annual_rate
    0.12
    """
    days = change_days()
    return _load(len(days) if on is None else bisect_right(days, on))


@cache
def _load(changes_past: int) -> Parameters:
    day = change_days()[max(changes_past - 1, 0)]
    values = {code: entry.value_on(day) for code, entry in entries().items()}
    return _build(values, version=files_version())
