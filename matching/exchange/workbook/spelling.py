"""How people write numbers, dates, lists and labels in cells, and how this project does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

NONE_WORD: Final = "无"
UNDISCLOSED_WORD: Final = "未公布"
LIST_MARK: Final = "、"

_NUMBER = re.compile(r"([+-]?)([0-9]{1,20}|[0-9]{1,3}(?:,[0-9]{3}){1,6})(\.[0-9]{1,20})?(\D{0,6})")
_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")
_PART = re.compile(r'\s*"(?:[^"]|"")*"\s*(?=[、,，;；\n]|\Z)|[^、,，;；\n]+')
_NEEDS_QUOTES = re.compile(r'[、,，;；\n"]')
_QUOTE_MARKS = str.maketrans("", "", "“”\"'‘’「」 \u3000")
_BOOLEANS: Final[Mapping[str, bool]] = {"是": True, "否": False, "true": True, "false": False}

# What may stand after a number, and by how much it multiplies the unit of the column.
AMOUNT_UNITS: Final[Mapping[str, Decimal]] = {
    "": Decimal(10_000),
    "万": Decimal(10_000),
    "万元": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "亿元": Decimal(100_000_000),
    "元": Decimal(1),
}
MONTH_UNITS: Final[Mapping[str, Decimal]] = {
    "": Decimal(1),
    "月": Decimal(1),
    "个月": Decimal(1),
    "年": Decimal(12),
}
PERCENT_UNITS: Final[Mapping[str, Decimal]] = {"": Decimal("0.01"), "%": Decimal("0.01")}


def plain_text(text: str) -> str:
    """Return a text with full-width forms and spaces around it taken away."""
    return unicodedata.normalize("NFKC", text).strip()


def read_number(cell: object, units: Mapping[str, Decimal]) -> Decimal | None:
    """Return the number in a cell, multiplied by its unit, or None when there is none.

    Thousands separators, full-width digits and the given units are read. Binary noise of a
    spreadsheet (``0.30000000000000004``) is cut at the 15 digits that it shows.

    Examples
    --------
    >>> read_number("１，２００．５ 万元", AMOUNT_UNITS)
    Decimal('12005000.0')
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return Decimal(f"{cell:.15g}") * units[""]
    if not isinstance(cell, str):
        return None
    found = _NUMBER.fullmatch(plain_text(cell).replace(" ", ""))
    if found is None:
        return None
    sign, whole, decimals, unit = found.groups()
    factor = units.get(unit)
    if factor is None:
        return None
    return Decimal(sign + whole.replace(",", "") + (decimals or "")) * factor


def read_day(cell: object) -> str | None:
    """Return the day in a cell in ISO form, or None when there is none.

    Examples
    --------
    >>> read_day("2024年1月5日"), read_day("2024/1/5"), read_day("上个月")
    ('2024-01-05', '2024-01-05', None)
    """
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return None
    found = _DAY.fullmatch(plain_text(cell).replace(" ", ""))
    if found is None:
        return None
    year, month, day = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def read_flag(cell: object) -> bool | None:
    """Return yes or no, or None when the cell says neither."""
    if isinstance(cell, bool):
        return cell
    return _BOOLEANS.get(plain_text(cell).lower()) if isinstance(cell, str) else None


def split_list(text: str) -> list[str]:
    """Return the parts of a list; a part in double quotes may hold separators.

    Examples
    --------
    >>> split_list('专利权、订单, "甲、乙"')
    ['专利权', '订单', '甲、乙']
    """
    parts = []
    for part in _PART.findall(text):
        stripped = part.strip()
        if stripped.startswith('"') and stripped.endswith('"') and len(stripped) > 1:
            stripped = stripped[1:-1].replace('""', '"')
        if stripped:
            parts.append(stripped)
    return parts


def join_list(parts: Iterable[str]) -> str:
    """Return parts as one text that :func:`split_list` takes apart again."""
    return LIST_MARK.join(quoted(part) for part in parts)


def quoted(part: str) -> str:
    """Return a part of a list, in quotes where it would be misread without."""
    if _NEEDS_QUOTES.search(part) or part in (NONE_WORD, UNDISCLOSED_WORD):
        return '"' + part.replace('"', '""') + '"'
    return part


def code_of_label(text: str, labels: Mapping[str, str]) -> str | None:
    """Return the code that a label or a code stands for; quotes and spaces do not count.

    Examples
    --------
    >>> code_of_label("专精特新小巨人", {"little_giant": "专精特新“小巨人”"})
    'little_giant'
    """
    return _codes(tuple(labels.items())).get(_bare(text))


@cache
def _codes(labels: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    codes = {_bare(label): code for code, label in labels}
    return {**codes, **{_bare(code): code for code, _ in labels}}


def _bare(text: str) -> str:
    return plain_text(text).translate(_QUOTE_MARKS).lower()
