"""The readable form of a product's further conditions.

``营业收入>=500万元；资产负债率<=70%；纳税信用等级 属于 A、B``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from matching.exchange.workbook.spelling import (
    AMOUNT_UNITS,
    PERCENT_UNITS,
    code_of_label,
    join_list,
    quoted,
    read_number,
    split_list,
)
from matching.schema import Term
from matching.units import yuan_to_wan
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    NUMERIC_FIRM_FIELDS,
    TAXPAYER_RATINGS,
    TERM_OPERATORS,
)

SYNTAX: Final = (
    "形如 营业收入>=500万元；资产负债率<=70%；纳税信用等级 属于 A、B（字段 比较 值，以分号隔开）"
)

_FIELD_LABELS: Final[Mapping[str, str]] = {
    **{name: label for name, (label, _) in NUMERIC_FIRM_FIELDS.items()},
    **CODED_FIRM_FIELDS,
}
_OPERATORS: Final[Mapping[str, str]] = {
    **{label: op for op, label in TERM_OPERATORS.items()},
    **{op: op for op in TERM_OPERATORS},
    "=": "==",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "＞": ">",
    "＜": "<",
    "＝": "==",
}
_ENTRY = re.compile(r'(?:"(?:[^"]|"")*"|[^;；\n])+')
_MARKS = "|".join(
    # "in" also stands inside words such as "points", so there it needs space around it
    rf"(?<=\s){mark}(?=\s)" if mark.isidentifier() and mark.isascii() else re.escape(mark)
    for mark in sorted(_OPERATORS, key=len, reverse=True)
)
_PARTS = re.compile(rf"\s*(.+?)\s*({_MARKS})\s*(.+?)\s*", re.DOTALL)
_UNIT_FACTORS: Final[Mapping[str, Mapping[str, Decimal]]] = {
    "yuan": AMOUNT_UNITS,
    "fraction": PERCENT_UNITS,
    "person": {"": Decimal(1), "人": Decimal(1)},
    "piece": {"": Decimal(1), "件": Decimal(1), "项": Decimal(1), "个": Decimal(1)},
    "point": {"": Decimal(1), "分": Decimal(1)},
    "year": {"": Decimal(1), "年": Decimal(1)},
}
_LIST_OPERATORS: Final = ("in", "not_in")


def read_terms(text: str) -> list[dict[str, object]] | str:
    """Return the conditions in the JSON form, or the first entry that cannot be read.

    Examples
    --------
    >>> read_terms("资产负债率 不高于 70%")
    [{'field': 'debt_ratio', 'op': '<=', 'value': 0.7}]
    >>> read_terms("经营良好")
    '经营良好'
    """
    terms: list[dict[str, object]] = []
    for entry in _ENTRY.findall(text):
        if not entry.strip():
            continue
        term = _read_entry(entry)
        if term is None:
            return str(entry).strip()
        terms.append(term)
    return terms


def _read_entry(entry: str) -> dict[str, object] | None:
    found = _PARTS.fullmatch(entry)
    if found is None:
        return None
    label, mark, text = found.groups()
    field = code_of_label(label, _FIELD_LABELS)
    if field is None:
        return None
    op = _OPERATORS[mark]
    values = [_read_value(field, part) for part in split_list(text)]
    if None in values or not values or (op not in _LIST_OPERATORS and len(values) > 1):
        return None
    return {"field": field, "op": op, "value": values if op in _LIST_OPERATORS else values[0]}


def _read_value(field: str, text: str) -> int | float | str | None:
    if field == "taxpayer_rating":
        return code_of_label(text, TAXPAYER_RATINGS)
    if field in CODED_FIRM_FIELDS:
        return text
    number = read_number(text, _UNIT_FACTORS[NUMERIC_FIRM_FIELDS[field][1]])
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)


def write_terms(terms: tuple[Term, ...]) -> str:
    """Return conditions in the readable form, such that :func:`read_terms` gives them back."""
    return "；".join(write_term(term) for term in terms)


def write_term(term: Term) -> str:
    """Return one condition in the readable form."""
    label = _FIELD_LABELS[term.field]
    if isinstance(term.value, tuple):
        values = join_list(write_term_value(term.field, value) for value in term.value)
        return f"{label} {TERM_OPERATORS[term.op]} {values}"
    value = write_term_value(term.field, term.value)
    return f"{label}{term.op}{quoted(value) if term.field in CODED_FIRM_FIELDS else value}"


def write_term_value(field: str, value: object) -> str:
    """Return a value of a firm's field with its unit, exactly: 万元, % or the bare number."""
    if isinstance(value, str) or field in CODED_FIRM_FIELDS:
        return str(value)
    number = Decimal(str(value))
    unit = NUMERIC_FIRM_FIELDS[field][1]
    if unit == "yuan":
        is_whole = number == number.to_integral_value()
        return f"{yuan_to_wan(int(number)):f}万元" if is_whole else f"{number:f}元"
    if unit == "fraction":
        return f"{(number * 100).normalize():f}%"
    return f"{number:f}"
