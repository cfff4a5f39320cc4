"""What values of records look like in cells, such that reading gives them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from matching.exchange.records.compounds import CodeList, Qualifications, Terms, Undisclosed
from matching.exchange.records.kinds import Choice, Day, Flag, Fraction, Kind, Points, Region, Whole
from matching.exchange.records.regions import region_codes, region_name
from matching.exchange.workbook.spelling import NONE_WORD, join_list
from matching.exchange.workbook.term_text import write_terms
from matching.schema import Qualification
from matching.units import yuan_to_wan
from matching.vocabulary import CRITERIA, QUALIFICATIONS

Writable = str | int | float | date | None

# Spreadsheets count days from 1900 and take the leap day of that year for real.
_FIRST_EXCEL_DAY: Final = date(1900, 3, 1)


def write_cell(kind: Kind, value: Any) -> Writable:
    """Return what a cell holds for a value of a record, such that reading gives it back."""
    if value is None or (not value and isinstance(kind, Terms | Undisclosed)):
        return None  # absent means the same there
    if value == ():
        return NONE_WORD
    writer = _WRITERS.get(type(kind))
    return value if writer is None else writer(kind, value)


def _write_region(_kind: Region, code: str) -> str:
    name = region_name(code)
    return name if region_codes(name) == (code,) else code


def _write_whole(kind: Whole, value: int) -> Writable:
    return float(yuan_to_wan(value)) if kind.unit == "yuan" else value


def _write_fraction(kind: Fraction, value: float) -> Writable:
    percent = (Decimal(str(value)) * 100).normalize()
    is_small = 0 < abs(value) < kind.least_plain
    return f"{percent:f}%" if is_small else _write_number(percent)


def _write_number(number: Decimal) -> float | str:
    """Return a number, as text where it has more digits than a spreadsheet keeps."""
    is_kept = Decimal(f"{float(number):.15g}") == number
    return float(number) if is_kept else f"{number:f}"


def _write_day(_kind: Day, value: date) -> Writable:
    return value if value >= _FIRST_EXCEL_DAY else value.isoformat()


def _write_list(kind: CodeList, values: tuple[str, ...]) -> str:
    return join_list(str(write_cell(kind.item, value)) for value in values)


def _write_undisclosed(_kind: Undisclosed, codes: frozenset[str]) -> str:
    return join_list(label for code, label in CRITERIA.items() if code in codes)


def _write_qualifications(_kind: Qualifications, held: tuple[Qualification, ...]) -> str:
    return join_list(_write_qualification(one) for one in held)


def _write_qualification(held: Qualification) -> str:
    label = QUALIFICATIONS[held.code]
    if held.valid_from is None and held.valid_until is None:
        return label
    start, end = (
        "" if day is None else day.isoformat() for day in (held.valid_from, held.valid_until)
    )
    return f"{label}({start}~{end})"


_WRITERS: Final[Mapping[type, Callable[[Any, Any], Writable]]] = {
    Choice: lambda kind, value: kind.labels[value],
    Flag: lambda _, value: "是" if value else "否",
    Region: _write_region,
    Whole: _write_whole,
    Fraction: _write_fraction,
    Day: _write_day,
    CodeList: _write_list,
    Points: lambda _, value: _write_number(Decimal(str(value))),
    Undisclosed: _write_undisclosed,
    Qualifications: _write_qualifications,
    Terms: lambda _, value: write_terms(value),
}
