"""Windows of time and the periods in them; both half open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

PeriodKind = Literal["month", "day"]


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days from ``start`` up to, not including, ``end``."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start} – {self.end}"


@dataclass(frozen=True, slots=True)
class Split:
    """What is learned from, what decides and calibrates, and what measures.

    Raises
    ------
    ValueError
        Where a window is empty, or one does not end before the next begins: anything else
        would let a method look into its own future.
    """

    train: tuple[Window, ...]
    valid: Window
    test: Window

    def __post_init__(self) -> None:
        ordered = (*sorted(self.train), self.valid, self.test)
        if not self.train:
            raise ValueError("至少需要一段训练窗口")
        for window in ordered:
            if window.start >= window.end:
                raise ValueError(f"窗口 {window} 是空的；起始日应早于结束日（不含）")
        for first, second in pairwise(ordered):
            if second.start < first.end:
                raise ValueError(
                    f"窗口 {first} 与 {second} 重叠或次序不对；应依次为训练、验证、测试"
                )


def periods(window: Window, kind: PeriodKind) -> Sequence[Window]:
    """Return the days or calendar months of a window; the first and last may be cut short.

    Examples
    --------
    >>> from datetime import date
    >>> [str(one) for one in periods(Window(date(2012, 1, 15), date(2012, 3, 1)), "month")]
    ['2012-01-15 – 2012-02-01', '2012-02-01 – 2012-03-01']
    """
    parts = []
    start = window.start
    while start < window.end:
        end = min(_next(start, kind), window.end)
        parts.append(Window(start, end))
        start = end
    return parts


def _next(day: date, kind: PeriodKind) -> date:
    if kind == "day":
        return day + timedelta(days=1)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
