"""Criteria, changes and questions in words for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from matching.exchange.records.compounds import CodeList, Qualifications
from matching.exchange.records.fields import FIRMS, NEEDS, Field
from matching.exchange.records.kinds import Choice, Fraction, Whole
from matching.exchange.records.regions import region_name
from matching.exchange.workbook.term_text import write_term_value
from matching.schema import Change, Criterion, Match, Question
from matching.units import format_percent, format_wan
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    COLLATERAL,
    CRITERIA,
    FINANCING_TYPES,
    NUMERIC_FIRM_FIELDS,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
    TERM_OPERATORS,
)

ASKED: Final[Mapping[str, str]] = {"firm": "企业", "institution": "机构"}

_SHOWN_ITEMS: Final = 12

_FIELDS: Final[Mapping[str, Field]] = {**FIRMS.by_name, **NEEDS.by_name}


def criterion_label(code: str) -> str:
    """Return the name of a criterion, for example ``营业收入不低于`` for a further condition."""
    if code in CRITERIA:
        return CRITERIA[code]
    _, field, op = code.split(":")
    return f"{_firm_field_label(field)}{TERM_OPERATORS[op]}"


def criterion_text(criterion: Criterion) -> str:
    """Return a criterion with both values compared: ``融资金额（产品 … ，需求 …）``."""
    required = "未公布" if criterion.required is None else _value(criterion, criterion.required)
    actual = "未填" if criterion.actual is None else _value(criterion, criterion.actual)
    return f"{criterion_label(criterion.code)}（要求 {required}；现为 {actual}）"


def reasons(match: Match, text: Callable[[Criterion], str]) -> dict[str, list[str]]:
    """Return the criteria of a match by outcome, each in the words that ``text`` finds."""
    texts: dict[str, list[str]] = {"met": [], "unknown": []}
    for criterion in match.criteria:
        texts.setdefault(criterion.outcome, []).append(text(criterion))
    return texts


def change_text(change: Change) -> str:
    """Return a change as advice: ``最高金额 300 万元 → 200 万元``, ``资质 增加 瞪羚``."""
    label = field_label(change.field)
    if isinstance(change.to_value, tuple | list | frozenset | set):
        return f"{label} 增加 {_codes_text(change.field, change.to_value)}"
    if isinstance(change.to_value, date):
        return f"{label} 待到 {change.to_value.isoformat()}"
    before, after = (_field_text(change.field, v) for v in (change.from_value, change.to_value))
    return f"{label} {before} → {after}"


def question_text(question: Question) -> str:
    """Return what is asked: a fact of the firm or need, or a condition not published."""
    if question.asks == "firm":
        return field_label(question.field)
    return criterion_label(question.field)


def field_label(name: str) -> str:
    """Return the name of a field of a firm or need, without its unit."""
    return _FIELDS[name].header.split("（")[0] if name in _FIELDS else _firm_field_label(name)


def interval_text(bounds: Sequence[Any], show: Callable[[Any], str]) -> str:
    """Return ``[min, max]`` as a range; None is an open end.

    Examples
    --------
    >>> interval_text([3, None], str), interval_text([3, 3], str), interval_text([3, 5], str)
    ('不低于 3', '3', '3 至 5')
    """
    low, high = bounds
    if low is None:
        return "不限" if high is None else f"不超过 {show(high)}"
    if high is None:
        return f"不低于 {show(low)}"
    return show(low) if low == high else f"{show(low)} 至 {show(high)}"


def _firm_field_label(name: str) -> str:
    if name in CODED_FIRM_FIELDS:
        return CODED_FIRM_FIELDS[name]
    return NUMERIC_FIRM_FIELDS[name][0]


def _months(number: int) -> str:
    return f"{number} 个月"


def _value(criterion: Criterion, value: Any) -> str:
    if criterion.code.startswith("term:"):
        field = criterion.code.split(":")[1]
        items = value if isinstance(value, tuple | list) else (value,)
        return listed([write_term_value(field, item) for item in items])
    show = _SHOWN_AS.get(criterion.code, str)
    if criterion.code in _INTERVALS and isinstance(value, tuple | list):
        return interval_text(value, show)
    if isinstance(value, tuple | list | set | frozenset):
        return listed([show(item) for item in value])
    return show(value)


def listed(items: Sequence[str]) -> str:
    """Return a list for reading: its beginning and, if it is long, how long."""
    if len(items) <= _SHOWN_ITEMS:
        return "、".join(items) or "无"
    return f"{'、'.join(items[:_SHOWN_ITEMS])}等 {len(items)} 项"


def _label_in(labels: Mapping[str, str], code: str) -> str:
    return labels.get(code, code)


_INTERVALS: Final = frozenset({"amount", "term", "firm_age"})
_SHOWN_AS: Final[Mapping[str, Callable[[Any], str]]] = {
    "financing_type": partial(_label_in, FINANCING_TYPES),
    "stage": partial(_label_in, STAGES),
    "amount": format_wan,
    "term": _months,
    "rate": format_percent,
    "region": region_name,
    "tech_field": partial(_label_in, TECH_FIELDS),
    "purpose": partial(_label_in, PURPOSES),
    "qualifications_all": partial(_label_in, QUALIFICATIONS),
    "qualifications_any": partial(_label_in, QUALIFICATIONS),
    "firm_age": _months,
    "collateral": partial(_label_in, COLLATERAL),
}


def _field_text(name: str, value: Any) -> str:
    """Return a value of a need's or firm's field with its unit."""
    kind = _FIELDS[name].kind if name in _FIELDS else None
    if value is None:
        return "未填"
    if isinstance(kind, Whole):
        units = {"yuan": format_wan, "month": _months}
        return units.get(kind.unit, str)(value)
    return format_percent(value) if isinstance(kind, Fraction) else str(value)


def _codes_text(name: str, codes: Any) -> str:
    kind = _FIELDS[name].kind
    labels: Mapping[str, str] = {}
    if isinstance(kind, Qualifications):
        labels = QUALIFICATIONS
    elif isinstance(kind, CodeList) and isinstance(kind.item, Choice):
        labels = kind.item.labels
    return listed([labels.get(code, code) for code in codes])
