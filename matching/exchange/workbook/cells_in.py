"""What a kind of field looks like in a cell, in both directions.

Reading gives the JSON form, which is then checked like any other input; writing takes what
the records hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from matching.exchange.faults import FaultLog
from matching.exchange.records.compounds import CodeList, Qualifications, Terms, Undisclosed
from matching.exchange.records.kinds import (
    Choice,
    Day,
    Flag,
    Fraction,
    Identifier,
    Industry,
    Kind,
    Points,
    Region,
    Text,
    Unit,
    Uscc,
    Whole,
)
from matching.exchange.records.regions import is_region, region_codes
from matching.exchange.records.rows import UNREADABLE
from matching.exchange.workbook.parser import ErrorCell
from matching.exchange.workbook.spelling import (
    AMOUNT_UNITS,
    MONTH_UNITS,
    NONE_WORD,
    PERCENT_UNITS,
    code_of_label,
    plain_text,
    read_day,
    read_flag,
    read_number,
    split_list,
)
from matching.exchange.workbook.term_text import SYNTAX, read_terms
from matching.vocabulary import CRITERIA, QUALIFICATIONS

_ONE: Final = Decimal(1)
_UNITS: Final[Mapping[Unit, Mapping[str, Decimal]]] = {
    "yuan": AMOUNT_UNITS,
    "month": MONTH_UNITS,
    "workday": {"": _ONE, "天": _ONE, "日": _ONE, "个工作日": _ONE, "工作日": _ONE},
    "person": {"": _ONE, "人": _ONE},
    "piece": {"": _ONE, "件": _ONE, "项": _ONE, "个": _ONE},
    "year": {"": _ONE, "年": _ONE, "年度": _ONE},
    "referral": {"": _ONE, "条": _ONE},
}
_INDUSTRY = re.compile(r"([A-Ta-t][0-9]{0,4})\s*[^0-9A-Za-z]*")
_PERIOD = re.compile(r"(.+?)[(（]([^()（）]*)[~～至]([^()（）]*)[)）]")

Reader = Callable[[Any, object, FaultLog], object]


def read_cell(kind: Kind, cell: object, log: FaultLog) -> object:
    """Return a cell that is not blank in the JSON form.

    Returns
    -------
    object
        The value; or ``UNREADABLE`` after reporting why the cell cannot be read.
    """
    if isinstance(cell, ErrorCell):
        log.add("formula_error", "算得出的值；此处公式出错，请改正公式或直接填写", cell_text(cell))
        return UNREADABLE
    return _READERS[type(kind)](kind, cell, log)


def cell_text(cell: object) -> str:
    """Return a cell as the text that a person reads in it; whole numbers without ``.0``."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _read_text(_kind: Text, cell: object, _log: FaultLog) -> object:
    return cell_text(cell)


def _read_identifier(_kind: Kind, cell: object, _log: FaultLog) -> object:
    return cell_text(cell).strip()


def _read_uscc(_kind: Uscc, cell: object, _log: FaultLog) -> object:
    return plain_text(cell_text(cell)).upper()


def _read_choice(kind: Choice, cell: object, _log: FaultLog) -> object:
    text = cell_text(cell)
    return code_of_label(text, kind.labels) or text


def _read_region(_kind: Region, cell: object, log: FaultLog) -> object:
    text = plain_text(cell_text(cell))
    head = text[:6]
    if is_region(head) and (len(text) == 6 or not text[6].isdigit()):
        return head
    codes = region_codes(text.replace(" ", ""))
    if len(codes) > 1:
        found = "、".join(codes[:5])
        log.add("ambiguous_region", f"能唯一确定的地区：请写全称或 6 位代码（如 {found}）", text)
        return UNREADABLE
    return codes[0] if codes else text


def _read_industry(_kind: Industry, cell: object, _log: FaultLog) -> object:
    text = plain_text(cell_text(cell))
    found = _INDUSTRY.fullmatch(text)
    return found[1].upper() if found else text


def _read_flag(_kind: Flag, cell: object, _log: FaultLog) -> object:
    flag = read_flag(cell)
    return cell_text(cell) if flag is None else flag


def _read_day(_kind: Day, cell: object, _log: FaultLog) -> object:
    return read_day(cell) or cell_text(cell)


def _read_whole(kind: Whole, cell: object, log: FaultLog) -> object:
    number = read_number(cell, _UNITS[kind.unit])
    if number is None:
        log.add("not_a_number", kind.expected(people=True), cell_text(cell))
        return UNREADABLE
    return int(number) if number == int(number) else float(number)


def _read_fraction(kind: Fraction, cell: object, log: FaultLog) -> object:
    number = read_number(cell, PERCENT_UNITS)
    if number is None:
        log.add("not_a_number", kind.expected(people=True), cell_text(cell))
        return UNREADABLE
    is_plain = "%" not in plain_text(cell_text(cell))
    if is_plain and 0 < abs(number) < Decimal(str(kind.least_plain)):
        text = f"{kind.expected(people=True)}；若确为 {number * 100:f}% 请写成带 % 的文本"
        log.add("ambiguous_percent", text, cell_text(cell))
        return UNREADABLE
    return float(number)


def _read_points(kind: Points, cell: object, log: FaultLog) -> object:
    number = read_number(cell, {"": _ONE, "分": _ONE})
    if number is None:
        log.add("not_a_number", f"0 到 {kind.maximum:g} 之间的数", cell_text(cell))
        return UNREADABLE
    return int(number) if number == int(number) else float(number)


def _parts(cell: object) -> list[str]:
    text = cell_text(cell)
    return [] if plain_text(text) == NONE_WORD else split_list(text)


def _read_list(kind: CodeList, cell: object, log: FaultLog) -> object:
    items = [read_cell(kind.item, part, log) for part in _parts(cell)]
    return UNREADABLE if UNREADABLE in items else items


def _read_undisclosed(_kind: Undisclosed, cell: object, _log: FaultLog) -> object:
    return [code_of_label(part, CRITERIA) or part for part in _parts(cell)]


def _read_qualifications(_kind: Qualifications, cell: object, _log: FaultLog) -> object:
    return [_read_qualification(part) for part in _parts(cell)]


def _read_qualification(text: str) -> object:
    code = code_of_label(text, QUALIFICATIONS)
    found = None if code else _PERIOD.fullmatch(text)
    if found is None:
        return code or text
    label, start, end = found.groups()
    return {
        "code": code_of_label(label, QUALIFICATIONS) or label,
        "valid_from": read_day(start) or start.strip() or None,
        "valid_until": read_day(end) or end.strip() or None,
    }


def _read_terms(_kind: Terms, cell: object, log: FaultLog) -> object:
    text = cell_text(cell)
    terms = [] if plain_text(text) == NONE_WORD else read_terms(text)
    if isinstance(terms, str):
        log.add("bad_term", f"{SYNTAX}；无法理解“{terms[:40]}”", text)
        return UNREADABLE
    return terms


_READERS: Final[Mapping[type, Reader]] = {
    Text: _read_text,
    Identifier: _read_identifier,
    Uscc: _read_uscc,
    Choice: _read_choice,
    Region: _read_region,
    Industry: _read_industry,
    Flag: _read_flag,
    Day: _read_day,
    Whole: _read_whole,
    Fraction: _read_fraction,
    Points: _read_points,
    CodeList: _read_list,
    Undisclosed: _read_undisclosed,
    Qualifications: _read_qualifications,
    Terms: _read_terms,
}
