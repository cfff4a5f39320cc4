"""What must hold between the fields of one record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from matching.exchange.faults import FaultLog
from matching.exchange.records.fields import FIRMS, NEEDS, PRODUCTS, RecordSpec
from matching.vocabulary import CRITERIA

_ORDERED_PAIRS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "products": (
        ("amount_min_yuan", "amount_max_yuan"),
        ("term_min_months", "term_max_months"),
        ("annual_rate_min", "annual_rate_max"),
        ("firm_age_min_months", "firm_age_max_months"),
    ),
    "needs": (
        ("amount_min_yuan", "amount_max_yuan"),
        ("term_min_months", "term_max_months"),
    ),
}

# `terms` in `undisclosed` stands for further conditions, so stated ones may stand beside it.
_CONDITIONS: Final = tuple(
    (field.name, field.criterion)
    for field in PRODUCTS.fields
    if field.criterion is not None and field.criterion != "terms"
)


def check_rules(
    spec: RecordSpec, values: Mapping[str, Any], log: FaultLog, *, as_of: date | None
) -> None:
    """Report what contradicts itself within a record whose fields were checked one by one."""
    _check_order(spec, values, log)
    if spec is PRODUCTS:
        _check_product(values, log)
    elif spec is FIRMS:
        _check_past(values, log, as_of)
    elif spec is NEEDS:
        _check_institution_wishes(values, log)


def _check_order(spec: RecordSpec, values: Mapping[str, Any], log: FaultLog) -> None:
    for low, high in _ORDERED_PAIRS.get(spec.list_name, ()):
        minimum, maximum = values.get(low), values.get(high)
        if minimum is not None and maximum is not None and minimum > maximum:
            limit = spec.headers[high] if log.people else f"{high}（{maximum}）"
            log.add("min_above_max", f"不高于 {limit}；请核对上下限", minimum, field=low)


def _check_product(values: Mapping[str, Any], log: FaultLog) -> None:
    start, end = values.get("valid_from"), values.get("valid_until")
    if start is not None and end is not None and start >= end:
        text = f"晚于生效日期 {start.isoformat()}（失效日期当天不再有效）"
        log.add("period_reversed", text, end, field="valid_until")
    undisclosed = values.get("undisclosed", frozenset())
    for name, criterion in _CONDITIONS:
        if criterion in undisclosed and values.get(name) not in (None, ()):
            log.add(
                "stated_and_undisclosed",
                f"“{CRITERIA[criterion]}”（{criterion}）或填写条件，或列为未公布，二者只取其一",
                values[name],
                field=name,
            )


def check_financing_type(raw: Mapping[str, Any], values: Mapping[str, Any], log: FaultLog) -> None:
    """Report a product without type, unless its institution does not disclose the type.

    ``raw`` tells an absent type from one that was given and refused already.
    """
    if raw.get("financing_type") is not None:
        return
    if "financing_type" not in values.get("undisclosed", ()):
        otherwise = "填写 未公布" if log.people else "在 undisclosed 中列出 financing_type"
        log.add("missing", f"必填：融资方式；机构未公布时{otherwise}", field="financing_type")


def _check_past(values: Mapping[str, Any], log: FaultLog, as_of: date | None) -> None:
    if as_of is None:
        return
    founded_on, fiscal_year = values.get("founded_on"), values.get("fiscal_year")
    if founded_on is not None and founded_on > as_of:
        text = f"不晚于截至日期 {as_of.isoformat()} 的成立日期"
        log.add("future_date", text, founded_on, field="founded_on")
    if fiscal_year is not None and fiscal_year > as_of.year:
        text = f"不晚于截至日期所在的 {as_of.year} 年"
        log.add("future_date", text, fiscal_year, field="fiscal_year")


def _check_institution_wishes(values: Mapping[str, Any], log: FaultLog) -> None:
    excluded = values.get("excluded_institutions") or ()
    for code in values.get("preferred_institutions") or ():
        if code in excluded:
            log.add(
                "preferred_and_excluded",
                "同一机构不能既是意向机构又被排除；请删去其一",
                code,
                field="preferred_institutions",
            )
