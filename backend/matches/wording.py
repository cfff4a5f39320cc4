"""How values of the matching are said to people: money, months, rates, codes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from matching.units import format_percent, format_wan
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    COLLATERAL,
    FINANCING_TYPES,
    NUMERIC_FIRM_FIELDS,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TAXPAYER_RATINGS,
    TECH_FIELDS,
)

# A list of codes longer than this is cut in a sentence; the codes themselves stand beside it.
LONGEST_ENUMERATION = 6

FIELD_LABELS: Mapping[str, str] = {
    **{name: label for name, (label, _) in NUMERIC_FIRM_FIELDS.items()},
    **CODED_FIRM_FIELDS,
    "amount_min_yuan": "融资金额下限",
    "amount_max_yuan": "融资金额",
    "term_min_months": "融资期限下限",
    "term_max_months": "融资期限",
    "max_annual_rate": "可接受的最高年化利率",
    "financing_types": "融资方式",
    "purposes": "资金用途",
    "collateral": "可提供的担保",
    "qualifications": "资质",
    "founded_on": "成立日期",
    "region": "所在地区",
    "industry": "所属行业",
    "stage": "企业阶段",
    "tech_fields": "技术领域",
}

_UNIT_WORDS = {"person": " 人", "piece": " 项", "point": " 分", "year": " 年"}

_NUMBER_BESIDE_HAN = re.compile(
    "(?<=[\u4e00-\u9fff])(?=-?[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])"
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the codes that live in the database; a code without a name stands for itself."""

    regions: Mapping[str, str] = field(default_factory=dict)
    industries: Mapping[str, str] = field(default_factory=dict)


def spaced(sentence: str) -> str:
    """Set one space between Chinese and figures or Latin letters that stand side by side.

    Whether a value begins or ends with a figure is known only once it stands in its sentence.
    """
    return _NUMBER_BESIDE_HAN.sub(" ", sentence)


def say_codes(codes: Iterable[str] | str | None, labels: Mapping[str, str]) -> str:
    """Enumerate codes by label; none at all reads ``无``."""
    listed = [codes] if isinstance(codes, str) else list(codes or ())
    if not listed:
        return "无"
    words = [labels.get(code, code) for code in listed[:LONGEST_ENUMERATION]]
    rest = "等" if len(listed) > LONGEST_ENUMERATION else ""
    return "、".join(words) + rest


def say_range(interval: Iterable[object], unit: str) -> str:
    """Say a closed interval with open ends; ``unit`` is ``yuan`` or ``month``."""
    low, high = (None if end is None else say_number(end, unit) for end in interval)
    if low is None and high is None:
        return "不限"
    if low is None:
        return f"不超过{high}"
    if high is None:
        return f"{low}起"
    return low if low == high else f"{low}至{high}"


def say_number(value: object, unit: str) -> str:
    """Say a number in people's unit."""
    if unit == "yuan":
        return format_wan(int(value))  # type: ignore[call-overload]
    if unit == "month":
        return f"{value} 个月"
    if unit == "fraction":
        return format_percent(float(value))  # type: ignore[arg-type]
    return f"{value}{_UNIT_WORDS.get(unit, '')}"


def say_firm_value(field_name: str, value: object) -> str:
    """Say a value of a firm's field that a product's further conditions may name."""
    if value is None:
        return "未填"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(say_firm_value(field_name, entry) for entry in value)
    if field_name in NUMERIC_FIRM_FIELDS:
        return say_number(value, NUMERIC_FIRM_FIELDS[field_name][1])
    if field_name == "taxpayer_rating":
        return TAXPAYER_RATINGS.get(str(value), str(value))
    return str(value)


def say_field_value(field_name: str, value: object) -> str:
    """Say a value of any field of a need or firm that a change may name."""
    if value is None:
        return "未填"
    if isinstance(value, date):
        return value.isoformat()
    if field_name in _NEED_UNITS:
        return say_number(value, _NEED_UNITS[field_name])
    if field_name in LIST_LABELS:
        return say_codes(value, LIST_LABELS[field_name])  # type: ignore[arg-type]
    return say_firm_value(field_name, value)


_NEED_UNITS: Mapping[str, str] = {
    "amount_min_yuan": "yuan",
    "amount_max_yuan": "yuan",
    "term_min_months": "month",
    "term_max_months": "month",
    "max_annual_rate": "fraction",
}

LIST_LABELS: Mapping[str, Mapping[str, str]] = {
    "financing_types": FINANCING_TYPES,
    "purposes": PURPOSES,
    "collateral": COLLATERAL,
    "qualifications": QUALIFICATIONS,
    "tech_fields": TECH_FIELDS,
    "stage": STAGES,
}
