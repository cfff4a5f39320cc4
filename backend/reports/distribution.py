"""How many working days something took: the middle, the slow end, within and after the clock."""

from collections.abc import Iterable
from statistics import median
from typing import Any

from backend.common.clocks import ClockState
from backend.referrals.clocks import ReferralClock

_STOPPED = frozenset({ClockState.STOPPED_IN_TIME, ClockState.STOPPED_LATE})


def percentile(days: list[int], percent: int) -> int | None:
    """Return the nearest-rank percentile: the smallest value that so many do not exceed."""
    if not days:
        return None
    ordered = sorted(days)
    return ordered[-(-len(ordered) * percent // 100) - 1]


def distribute(clocks: Iterable[ReferralClock]) -> dict[str, Any]:
    """Return numbers of clocks by state and the distribution of those that have stopped."""
    clocks = list(clocks)
    states = [clock.state for clock in clocks]
    days = [
        clock.elapsed for clock in clocks if clock.elapsed is not None and clock.state in _STOPPED
    ]
    return {
        "answered": len(days),
        "median_workdays": median(days) if days else None,
        "p90_workdays": percentile(days, 90),
        "within": states.count(ClockState.STOPPED_IN_TIME),
        "after": states.count(ClockState.STOPPED_LATE),
        "running": states.count(ClockState.RUNNING),
        "paused": states.count(ClockState.PAUSED),
        "overdue": states.count(ClockState.OVERDUE),
        "waiting": states.count(None),
    }
