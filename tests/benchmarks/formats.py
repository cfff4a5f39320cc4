"""How figures are shown to people, on the terminal and on the page alike."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.promises import Judged

_LARGE = 100


def number(value: float) -> str:
    """Show three significant digits, and every digit before the point."""
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.3g}"


def spread(values: dict[str, float]) -> str:
    """Show a median with the least and the largest."""
    return f"{number(values['median'])} ({number(values['min'])}–{number(values['max'])})"


def measured(judged: Judged) -> str:
    """Show what was measured, with its unit."""
    if judged.median is None:
        return "–"
    shown = f"{number(judged.median)} {judged.line.unit}"
    if judged.least is None or judged.largest is None:
        return shown
    return f"{shown} ({number(judged.least)}–{number(judged.largest)})"


def limits(judged: Judged) -> tuple[str, str]:
    """Show what is to be held and what is worth reaching for."""
    line = judged.line
    sign = "≥" if line.more else "≤"
    hold, reach = (
        "–" if limit is None else f"{sign} {limit:g} {line.unit}"
        for limit in (line.hold, line.reach)
    )
    return hold, reach


def flat(figures: Any, path: str = "") -> list[tuple[str, str]]:
    """List nested figures under dotted names."""
    if isinstance(figures, dict) and "median" in figures:
        return [(path, spread(figures))]
    if isinstance(figures, dict):
        return [
            row
            for name, value in figures.items()
            for row in flat(value, f"{path}.{name}" if path else str(name))
        ]
    return [(path, number(figures) if isinstance(figures, float) else str(figures))]
