"""What both files show of a report: the same texts, the same rows."""

import re
from dataclasses import dataclass
from typing import Final

from backend.reports.periodic import Report
from backend.reports.wording import say_day

# Neither file can hold them; people paste them along.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A row of the appendix; numbers are exact, in the unit beside them."""

    number: int
    label: str
    value: str
    unit: str
    before: str
    source: str
    basis: str
    day: str


def headings(report: Report) -> list[tuple[str, list[str]]]:
    """Return numbered headings with their paragraphs."""
    return [
        (
            f"{numeral}、{section.heading}",
            [clean(paragraph.text) for paragraph in section.paragraphs],
        )
        for numeral, section in zip(_NUMERALS, report.sections, strict=False)
    ]


def figure_lines(report: Report) -> list[FigureLine]:
    """Return the figures in the order of the text."""
    return [
        FigureLine(
            number=number,
            label=clean(figure.label),
            value=_exact(figure.value),
            unit=figure.unit,
            before="—" if figure.year_before is None else _exact(figure.year_before),
            source=figure.source.label,
            basis=clean(figure.basis),
            day=f"{figure.day:%Y-%m-%d}",
        )
        for number, figure in enumerate(report.figures.values(), start=1)
    ]


def _exact(value: float) -> str:
    return f"{value:,}"


def span(report: Report) -> str:
    """Say over which days and as of which day a report is drawn."""
    scope = report.scope
    return (
        f"统计期间：{say_day(scope.start)}至{say_day(scope.last_day)}；"
        f"统计截止日：{say_day(scope.as_of)}（只计当日结束前已记录的内容）"
    )


def clean(text: str) -> str:
    """Return a text without what a file cannot hold."""
    return _UNWRITABLE.sub("", text)
