"""Further conditions on the firm's figures and codes: `{field, op, value}`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backend.common.problems import ProblemList, shown
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    NUMERIC_FIRM_FIELDS,
    SIGNED_FIRM_FIELDS,
    TAXPAYER_RATINGS,
    TERM_OPERATORS,
)

MAX_TERMS = 50
MAX_LIST_VALUES = 200
_LIST_OPERATORS = frozenset({"in", "not_in"})
_CODE_OPERATORS = frozenset({"==", "!=", "in", "not_in"})
_KEYS = ("field", "op", "value")

_LARGEST = {
    "yuan": 10**13,
    "person": 10**7,
    "piece": 10**7,
    "point": 1_000,
    "fraction": 10,
    "year": 2_999,
}
_SMALLEST = {"year": 1_949}
_WHOLE_UNITS = frozenset({"yuan", "person", "piece", "year"})


def clean_terms(problems: ProblemList, entries: Any) -> list[dict[str, Any]]:
    """Return the entries that are right, each once, and note what is wrong with the others."""
    if not isinstance(entries, list):
        problems.add("terms", "wrong_type", "应为列表，每项为 {field, op, value}。")
        return []
    if len(entries) > MAX_TERMS:
        problems.add("terms", "too_many", f"共 {len(entries)} 项，最多 {MAX_TERMS} 项。")
        return []
    cleaned: list[dict[str, Any]] = []
    for index, entry in enumerate(entries):
        found = _clean_entry(problems, f"terms.{index}", entry)
        if found is not None and found not in cleaned:
            cleaned.append(found)
    _check_incubators(problems, cleaned)
    return cleaned


def _clean_entry(problems: ProblemList, path: str, entry: Any) -> dict[str, Any] | None:
    """Return one entry as it is stored, or None where it is wrong."""
    if not isinstance(entry, Mapping) or set(entry) != set(_KEYS):
        problems.add(path, "wrong_type", "每项须有且只有 field、op、value 三个键。")
        return None
    field, op, value = (entry[key] for key in _KEYS)
    if not _is_comparison(problems, path, field, op):
        return None
    if op in _LIST_OPERATORS:
        cleaned = _clean_list(problems, f"{path}.value", field, op, value)
    else:
        cleaned = _clean_value(problems, f"{path}.value", field, value)
    return None if cleaned is None else {"field": field, "op": op, "value": cleaned}


def _is_comparison(problems: ProblemList, path: str, field: Any, op: Any) -> bool:
    """Tell whether the field exists and can be compared this way."""
    known = (*NUMERIC_FIRM_FIELDS, *CODED_FIRM_FIELDS)
    if field not in known:
        problems.add(
            f"{path}.field",
            "unknown_code",
            f"未知字段“{shown(field)}”。可用：{'、'.join(known)}。",
        )
        return False
    operators = TERM_OPERATORS if field in NUMERIC_FIRM_FIELDS else _CODE_OPERATORS
    if not isinstance(op, str) or op not in operators:
        problems.add(
            f"{path}.op",
            "unknown_code",
            f"“{field}”不能用运算符“{shown(op)}”。可用：{'、'.join(sorted(operators))}。",
        )
        return False
    return True


def _clean_list(
    problems: ProblemList, path: str, field: str, op: str, value: Any
) -> list[Any] | None:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_LIST_VALUES:
        problems.add(
            path, "wrong_type", f"运算符“{op}”的 value 应为 1 至 {MAX_LIST_VALUES} 个值的列表。"
        )
        return None
    values = [_clean_value(problems, path, field, item) for item in value]
    return None if None in values else sorted(set(values))


def _clean_value(problems: ProblemList, path: str, field: str, value: Any) -> Any:
    """Return one value as it is stored, or None where it is wrong."""
    if field in NUMERIC_FIRM_FIELDS:
        return _clean_number(problems, path, field, value)
    if not isinstance(value, str) or not value:
        problems.add(path, "wrong_type", f"“{field}”的值应为代码（文字），现为“{shown(value)}”。")
        return None
    if field == "taxpayer_rating" and value not in TAXPAYER_RATINGS:
        allowed = "、".join(TAXPAYER_RATINGS)
        problems.add(path, "unknown_code", f"未知纳税信用等级“{shown(value)}”。可用：{allowed}。")
        return None
    return value


def _clean_number(problems: ProblemList, path: str, field: str, value: Any) -> int | float | None:
    unit = NUMERIC_FIRM_FIELDS[field][1]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        problems.add(path, "wrong_type", f"“{field}”的值应为数字，现为“{shown(value)}”。")
        return None
    high = _LARGEST[unit]
    low = -high if field in SIGNED_FIRM_FIELDS else _SMALLEST.get(unit, 0)
    if not low <= value <= high:  # NaN fails too
        hint = "比例请用小数表示，70% 写作 0.7。" if unit == "fraction" else ""
        problems.add(
            path,
            "out_of_range",
            f"“{field}”的值 {shown(value)} 应在 {low} 至 {high} 之间。{hint}",
        )
        return None
    if unit in _WHOLE_UNITS:
        if value != int(value):
            problems.add(path, "not_whole", f"“{field}”的值 {shown(value)} 应为整数。")
            return None
        return int(value)
    return float(value)


def _check_incubators(problems: ProblemList, terms: list[dict[str, Any]]) -> None:
    """Note incubators that the platform does not know."""
    named: set[str] = set()
    for term in terms:
        if term["field"] == "incubator":
            value = term["value"]
            named.update([value] if isinstance(value, str) else value)
    if not named:
        return
    known = set(
        Organization.objects.filter(kind=OrganizationKind.INCUBATOR, code__in=named).values_list(
            "code", flat=True
        )
    )
    for code in sorted(named - known):
        problems.add("terms", "unknown_code", f"未知孵化载体代码“{shown(code)}”。")
