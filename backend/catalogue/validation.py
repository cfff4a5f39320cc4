"""What a product's content may say; services ask here before they write.

Values may come from a form, the API or a file: each is checked for its type, too.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.catalogue.conditions import check_declarations
from backend.catalogue.content import (
    BOOLEAN_FIELDS,
    CODE_LIST_FIELDS,
    CONTENT_FIELDS,
    DATE_FIELDS,
    DECLARATION_FIELDS,
    INDUSTRY_FIELDS,
    INTEGER_FIELDS,
    RANGES,
    RATE_DECIMALS,
    RATE_FIELDS,
    REGION_FIELDS,
    TEXT_FIELDS,
)
from backend.catalogue.terms import clean_terms
from backend.common.problems import ProblemList, shown
from backend.reference.industries import INDUSTRY_FORM, unknown_industries
from backend.reference.models import ReportingUnit
from backend.reference.regions import known_regions
from matching.vocabulary import FINANCING_TYPES

MAX_LIST_ITEMS = 500

Cleaner = Callable[[ProblemList, str, Any], Any]


def clean_values(problems: ProblemList, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given fields in the types that are stored, and note what is wrong with them.

    An empty list of a condition says no more than null: openness is declared in
    ``open_conditions``. Lists come back in the order of their vocabulary.
    """
    problems.check_fields(values.keys(), CONTENT_FIELDS)
    return {
        field: _CLEANERS[field](problems, field, values[field])
        for field in CONTENT_FIELDS
        if field in values
    }


def check_content(problems: ProblemList, content: Mapping[str, Any]) -> None:
    """Note what the whole content contradicts in itself."""
    if not content["name"] and "name" not in {problem.field for problem in problems}:
        problems.add("name", "required", "请填写产品名称。")
    for low, high in RANGES:
        _check_order(problems, content, low, high)
    problems.check_period(content["valid_from"], content["valid_until"])
    check_declarations(problems, content)


def _check_order(
    problems: ProblemList, content: Mapping[str, Any], low_field: str, high_field: str
) -> None:
    """Note a lower end above the upper end."""
    low, high = content[low_field], content[high_field]
    if low is not None and high is not None and low > high:
        problems.add(
            low_field,
            "min_above_max",
            f"{low_field} 为 {low}，大于 {high_field} 的 {high}；下限不能高于上限。",
        )


def clean_text(problems: ProblemList, field: str, value: Any, limit: int) -> str:
    """Return a text without blanks around it; null is the empty text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        problems.add(field, "wrong_type", f"应为文字，现为“{shown(value)}”。")
        return ""
    if "\0" in value:
        problems.add(field, "invalid_text", "文字中含有空字符（NUL），请删去。")
    problems.check_length(field, value.strip(), limit)
    return value.strip()


def clean_flag(problems: ProblemList, field: str, value: Any) -> bool | None:
    """Return yes, no or unknown."""
    if value is not None and not isinstance(value, bool):
        problems.add(field, "wrong_type", f"应为 true、false 或 null，现为“{shown(value)}”。")
        return None
    return value


def clean_date(problems: ProblemList, field: str, value: Any) -> date | None:
    """Return a day, given as one or as ISO 8601."""
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        problems.add(field, "wrong_type", f"日期“{shown(value)}”应写作 2026-11-23 的形式。")
        return None


def clean_regions(problems: ProblemList, field: str, value: Any) -> list[str] | None:
    """Return known codes of GB/T 2260 or of units that report under a code of their own."""
    codes = _clean_list(problems, field, value)
    if not codes:
        return None
    known = {
        *known_regions(codes),
        *ReportingUnit.objects.filter(statistical_code__in=codes).values_list(
            "statistical_code", flat=True
        ),
    }
    _note_unknown(
        problems,
        field,
        (c for c in codes if c not in known),
        "应为 GB/T 2260 的 6 位代码，如 220100",
    )
    return sorted(set(codes))


def _clean_industries(problems: ProblemList, field: str, value: Any) -> list[str] | None:
    """Return codes of GB/T 4754 whose section or division is known."""
    codes = _clean_list(problems, field, value)
    if not codes:
        return None
    _note_unknown(problems, field, unknown_industries(codes), INDUSTRY_FORM)
    return sorted(set(codes))


def _note_unknown(problems: ProblemList, field: str, codes: Iterable[str], expected: str) -> None:
    unknown = [shown(code) for code in codes][:10]
    if unknown:
        problems.add(field, "unknown_code", f"未知代码“{'、'.join(unknown)}”，{expected}。")


def _clean_list(problems: ProblemList, field: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        problems.add(field, "wrong_type", f"应为代码的列表，现为“{shown(value)}”。")
        return []
    if len(value) > MAX_LIST_ITEMS:
        problems.add(field, "too_many", f"共 {len(value)} 项，最多 {MAX_LIST_ITEMS} 项。")
        return []
    if len(set(value)) != len(value):
        problems.add(field, "duplicate_code", "同一代码出现多次，请只保留一个。")
    return list(value)


def _codes_of(vocabulary: Mapping[str, str]) -> Callable[[ProblemList, str, Any], list[str]]:
    def clean(problems: ProblemList, field: str, value: Any) -> list[str]:
        codes = _clean_list(problems, field, value)
        allowed = f"可用：{'、'.join(vocabulary)}"
        _note_unknown(problems, field, (c for c in codes if c not in vocabulary), allowed)
        return [code for code in vocabulary if code in codes]

    return clean


def _stated_codes_of(vocabulary: Mapping[str, str]) -> Cleaner:
    clean = _codes_of(vocabulary)
    return lambda problems, field, value: clean(problems, field, value) or None


def _clean_financing_type(problems: ProblemList, field: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in FINANCING_TYPES:
        allowed = "、".join(FINANCING_TYPES)
        problems.add(field, "unknown_code", f"未知融资方式“{shown(value)}”。可用：{allowed}。")
        return None
    return value


def _clean_reference(problems: ProblemList, field: str, value: Any) -> str | None:
    """Return the code of another product; the service finds it."""
    if value is None or (isinstance(value, str) and value):
        return value
    problems.add(field, "wrong_type", f"应为产品代码，现为“{shown(value)}”。")
    return None


def _clean_integer(problems: ProblemList, field: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        problems.add(field, "wrong_type", f"应为整数，现为“{shown(value)}”。")
        return None
    if not 0 <= value <= INTEGER_FIELDS[field]:
        problems.add(
            field, "out_of_range", f"{shown(value)} 应在 0 至 {INTEGER_FIELDS[field]} 之间。"
        )
        return None
    return value


def _clean_rate(problems: ProblemList, field: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        rate = None if isinstance(value, bool | str) else Decimal(str(value))
    except InvalidOperation:
        rate = None
    if rate is None or not rate.is_finite():
        problems.add(field, "wrong_type", f"应为数字，现为“{shown(value)}”。")
        return None
    if not 0 <= rate <= 1:
        problems.add(
            field,
            "out_of_range",
            f"利率 {shown(value)} 应为 0 至 1 之间的小数：年化 3.85% 请写作 0.0385。",
        )
        return None
    if rate != round(rate, RATE_DECIMALS):
        problems.add(field, "too_precise", f"利率 {shown(value)} 最多 {RATE_DECIMALS} 位小数。")
    return round(rate, RATE_DECIMALS)


_CLEANERS: dict[str, Cleaner] = {
    **{
        field: lambda problems, name, value: clean_text(problems, name, value, TEXT_FIELDS[name])
        for field in TEXT_FIELDS
    },
    **{field: _stated_codes_of(table) for field, table in CODE_LIST_FIELDS.items()},
    **{field: _codes_of(table) for field, table in DECLARATION_FIELDS.items()},
    **dict.fromkeys(REGION_FIELDS, clean_regions),
    **dict.fromkeys(INDUSTRY_FIELDS, _clean_industries),
    **dict.fromkeys(INTEGER_FIELDS, _clean_integer),
    **dict.fromkeys(RATE_FIELDS, _clean_rate),
    **dict.fromkeys(BOOLEAN_FIELDS, clean_flag),
    **dict.fromkeys(DATE_FIELDS, clean_date),
    "is_reference": lambda problems, field, value: bool(clean_flag(problems, field, value)),
    "financing_type": _clean_financing_type,
    "variant_of": _clean_reference,
    "terms": lambda problems, _, value: clean_terms(problems, value if value is not None else []),
}
