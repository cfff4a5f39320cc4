"""What a firm's record may say; services ask here before they write."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from backend.common.problems import ProblemList, shown
from backend.firms.fact_fields import (
    FACT_FIELDS,
    FIRST_FISCAL_YEAR,
    VALUE_RANGES,
    YEARLY_FIELDS,
)
from backend.firms.models import DESCRIPTION_MAX_LENGTH
from backend.organizations.validators import check_region, check_uscc
from backend.reference.industries import INDUSTRY_FORM, unknown_industries
from matching.vocabulary import QUALIFICATIONS, STAGES, TAXPAYER_RATINGS, TECH_FIELDS

EARLIEST_FOUNDING = date(1900, 1, 1)
REASON_MAX_LENGTH = 500


def check_new_firm(uscc: str) -> None:
    """Refuse a code whose form or check character is wrong."""
    problems = ProblemList()
    check_uscc(problems, "uscc", uscc)
    problems.refuse()


def check_profile(values: Mapping[str, Any], *, today: date) -> None:
    """Refuse a profile with impossible values; only the fields given are looked at."""
    problems = ProblemList()
    check_region(problems, values.get("region"))
    _check_industry(problems, values.get("industry") or "")
    _check_founding(problems, values.get("founded_on"), today)
    for field, allowed in (("declared_stage", STAGES), ("taxpayer_rating", TAXPAYER_RATINGS)):
        code = values.get(field)
        problems.check_codes(field, [code] if code else [], allowed)
    problems.check_codes("tech_fields", values.get("tech_fields"), TECH_FIELDS)
    problems.check_length("description", values.get("description") or "", DESCRIPTION_MAX_LENGTH)
    problems.refuse()


def _check_industry(problems: ProblemList, code: str) -> None:
    if code and unknown_industries([code]):
        problems.add("industry", "unknown_code", f"未知行业代码“{shown(code)}”，{INDUSTRY_FORM}。")


def _check_founding(problems: ProblemList, founded_on: date | None, today: date) -> None:
    if founded_on is not None and not EARLIEST_FOUNDING <= founded_on <= today:
        problems.add(
            "founded_on",
            "out_of_range",
            f"成立日期 {founded_on} 应在 {EARLIEST_FOUNDING} 至今天（{today}）之间。",
        )


def check_qualification(code: str, *, valid_from: date | None, valid_until: date | None) -> None:
    """Refuse an unknown qualification or an empty period."""
    problems = ProblemList()
    problems.check_codes("code", [code], QUALIFICATIONS)
    problems.check_period(valid_from, valid_until)
    problems.refuse()


def check_facts(
    values: Mapping[str, Decimal],
    *,
    as_of: date | None,
    fiscal_year: int | None,
    today: date,
) -> None:
    """Refuse figures that cannot be right, or whose date does not suit them.

    Yearly figures come with their fiscal year, all others with the day they were true.
    """
    problems = ProblemList()
    if not values:
        problems.add("values", "required", "请至少填写一项数据。")
    for field, value in values.items():
        _check_figure(problems, field, value)
    _check_fact_date(problems, values, as_of=as_of, fiscal_year=fiscal_year)
    if as_of is not None and not EARLIEST_FOUNDING <= as_of <= today:
        problems.add("as_of", "out_of_range", f"数据日期 {as_of} 不能晚于今天（{today}）。")
    if fiscal_year is not None and not FIRST_FISCAL_YEAR <= fiscal_year < today.year:
        problems.add(
            "fiscal_year",
            "out_of_range",
            f"所属年度 {fiscal_year} 应为已结束的年度（{FIRST_FISCAL_YEAR} 至 {today.year - 1}）。",
        )
    problems.refuse()


def _check_figure(problems: ProblemList, field: str, value: Decimal) -> None:
    path = f"values.{field}"
    if field not in FACT_FIELDS:
        problems.add(path, "unknown_field", f"未知项目“{field}”。可用：{'、'.join(FACT_FIELDS)}。")
    elif not VALUE_RANGES[field].admits(value):
        problems.add(
            path,
            "out_of_range",
            f"{FACT_FIELDS[field]}“{value}”应为 {VALUE_RANGES[field]}。",
        )


def _check_fact_date(
    problems: ProblemList,
    values: Mapping[str, Decimal],
    *,
    as_of: date | None,
    fiscal_year: int | None,
) -> None:
    yearly = YEARLY_FIELDS & values.keys()
    if yearly and len(yearly) < len(values):
        problems.add(
            "values",
            "mixed_periods",
            "年度数据与时点数据请分两次提交：" + "、".join(sorted(yearly)) + " 为年度数据。",
        )
    elif yearly and (fiscal_year is None or as_of is not None):
        problems.add("fiscal_year", "required", "年度数据请填写所属年度，不填数据日期。")
    elif values and not yearly and (as_of is None or fiscal_year is not None):
        problems.add("as_of", "required", "时点数据请填写数据日期，不填所属年度。")


def check_override(stage: str | None, reason: str) -> None:
    """Refuse an unknown stage, and a decision without a reason."""
    problems = ProblemList()
    problems.check_codes("stage", [stage] if stage else [], STAGES)
    if not reason.strip():
        problems.add("reason", "required", "请填写理由。")
    problems.check_length("reason", reason, REASON_MAX_LENGTH)
    problems.refuse()
