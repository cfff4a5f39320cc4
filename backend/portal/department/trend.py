"""The months of a period as lines, with the figures that stand beneath them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from backend.reports.cells import NEED_STAGES, Cell
from backend.reports.scope import Scope

WIDTH: Final = 640
HEIGHT: Final = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 12, 26
_MOST_MONTHS: Final = 36
_MOST_LABELS: Final = 12
_MONTHS: Final = 12
_NOTHING: Final[Counter[Cell]] = Counter()
CELLS: Final = (Cell.POSTED, Cell.REFERRED, Cell.APPROVED, Cell.DISBURSED)


class Line(NamedTuple):
    """One stage over the months; ``points`` are places of the drawing."""

    label: str
    unit: str
    points: str
    dots: list[tuple[float, float]]


class Month(NamedTuple):
    """One month with its numbers, each with where its rows are; a bare one without a label."""

    name: str
    label: str
    x: float
    numbers: list[tuple[str, int, str]]


class Trend(NamedTuple):
    """The drawing and its table; ``y_ticks`` hold place and value."""

    lines: list[Line]
    months: list[Month]
    y_ticks: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - _BOTTOM
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def draw_trend(
    scope: Scope,
    by_month: Mapping[str, Counter[Cell]],
    *,
    address: Callable[[Cell, str], str],
) -> Trend | None:
    """Lay the last months of a period out; None where a line needs a second month.

    ``by_month`` counts the rows of each month in which something happened, by 2026-11;
    ``address`` says where the rows of a stage of a month are.
    """
    months = list(_months_of(scope))[-_MOST_MONTHS:]
    if len(months) <= 1:
        return None
    counts = {
        cell: [by_month.get(f"{month:%Y-%m}", _NOTHING)[cell] for month in months] for cell in CELLS
    }
    highest = max(1, *(count for line in counts.values() for count in line))

    def x_of(position: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * position / (len(months) - 1), 1)

    def y_of(count: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - count / highest), 1)

    places = {
        cell: [(x_of(at), y_of(count)) for at, count in enumerate(line)]
        for cell, line in counts.items()
    }
    every = -(-len(months) // _MOST_LABELS)
    return Trend(
        lines=[
            Line(cell.label, _unit(cell), " ".join(f"{x},{y}" for x, y in dots), dots)
            for cell, dots in places.items()
        ],
        months=[
            Month(
                name=f"{month.year}年{month.month}月",
                label="" if at % every else f"{month.month}月",
                x=x_of(at),
                numbers=[
                    (cell.label, counts[cell][at], address(cell, f"{month:%Y-%m}"))
                    for cell in CELLS
                ],
            )
            for at, month in enumerate(months)
        ],
        y_ticks=[(y_of(value), value) for value in sorted({-(-highest // 2), highest})],
    )


def _months_of(scope: Scope) -> Iterator[date]:
    """Yield the first day of each month that the period has reached."""
    month = scope.start.replace(day=1)
    while month <= scope.last_day:
        yield month
        month = month.replace(
            year=month.year + month.month // _MONTHS, month=month.month % _MONTHS + 1
        )


def _unit(cell: Cell) -> str:
    return "项" if cell in NEED_STAGES else "户次"
