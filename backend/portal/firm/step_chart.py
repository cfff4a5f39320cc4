"""The number of matching products over the amount, as a line of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 480
HEIGHT: Final = 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 8, 12, 26
_FLOOR_YUAN: Final = 10_000_000
_TICKS: Final = 2
_LARGEST_YUAN: Final = 10**9


@dataclass(frozen=True, slots=True)
class StepChart:
    """Coordinates of the drawing; ``y_ticks`` and ``x_ticks`` hold position and value."""

    eligible: str
    all: str
    marker: float | None
    x_ticks: tuple[tuple[float, int], ...]
    y_ticks: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - _BOTTOM
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def largest_amount(answer: dict[str, Any]) -> int:
    """Return where the slider ends: what is asked twice over, at least 1,000 万元."""
    largest = max(_FLOOR_YUAN, 2 * (answer["current"] or 0))
    return min(_LARGEST_YUAN, -(-largest // _FLOOR_YUAN) * _FLOOR_YUAN)


def draw_steps(
    steps: Sequence[dict[str, Any]], *, current: int | None, largest: int
) -> StepChart | None:
    """Lay the steps out up to the largest amount; None when there is nothing to draw.

    Each step begins at ``start`` and holds until the next one.
    """
    shown = [step for step in steps if step["start"] < largest]
    highest = max((step["eligible"] + step["to_confirm"] for step in shown), default=0)
    if highest == 0:
        return None

    def x_of(amount: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * amount / largest, 1)

    def y_of(count: int) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - count / highest), 1)

    def line(count_of: Any) -> str:
        ends = [*(step["start"] for step in shown[1:]), largest]
        return " ".join(
            f"{x_of(step['start'])},{y} {x_of(end)},{y}"
            for step, end in zip(shown, ends, strict=True)
            for y in [y_of(count_of(step))]
        )

    middle = sorted({0, highest // 2, highest})
    return StepChart(
        eligible=line(lambda step: step["eligible"]),
        all=line(lambda step: step["eligible"] + step["to_confirm"]),
        marker=None if current is None or current > largest else x_of(current),
        x_ticks=tuple(
            (x_of(amount), amount)
            for amount in (largest * part // _TICKS for part in range(1, _TICKS + 1))
        ),
        y_ticks=tuple((y_of(count), count) for count in middle),
    )
