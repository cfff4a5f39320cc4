"""What a need may say; services ask here before they write."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from backend.common.problems import ProblemList
from backend.needs.limits import (
    AMOUNT_MAX_YUAN,
    CONTACT_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    DOSSIER_MAX_LENGTH,
    LONGEST_AHEAD_YEARS,
    NAMED_INSTITUTIONS_MAX,
    REASON_MAX_LENGTH,
    TERM_MAX_MONTHS,
)
from backend.needs.models import Need
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.models import Organization
from matching.units import format_wan
from matching.vocabulary import COLLATERAL, FINANCING_TYPES, PURPOSES

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,28}[0-9]")
_CODED = {"financing_types": FINANCING_TYPES, "collateral": COLLATERAL, "purposes": PURPOSES}
_TEXT_LIMITS = {
    "description": DESCRIPTION_MAX_LENGTH,
    "dossier": DOSSIER_MAX_LENGTH,
    "contact_name": CONTACT_MAX_LENGTH,
}
_ASKED_AT_SUBMISSION = {
    "contact_name": "请填写联系人。",
    "contact_phone": "请填写联系电话。",
    "financing_types": "请选择融资方式；不限方式请填空列表 []。",
    "purposes": "请至少选择一项资金用途。",
    "needed_by": "请填写最迟用款日期。",
}


def check_values(values: Mapping[str, Any], *, given: Collection[str], today: date) -> None:
    """Refuse impossible values of a need.

    ``values`` are all of its values, ``given`` the names of those that are new: a stored date
    may have passed, a new one may not.
    """
    problems = ProblemList()
    for field, table in _CODED.items():
        problems.check_codes(field, values.get(field), table)
    _check_amounts(problems, values)
    _check_terms(problems, values)
    _check_rate(problems, values.get("max_annual_rate"))
    for field, limit in _TEXT_LIMITS.items():
        problems.check_length(field, values.get(field) or "", limit)
    phone = values.get("contact_phone") or ""
    if phone and not _PHONE.fullmatch(phone):
        problems.add(
            "contact_phone",
            "invalid_phone",
            f"电话“{phone[:40]}”有误：应为数字，可含空格、短横、括号或开头的 +。",
        )
    if "needed_by" in given:
        _check_needed_by(problems, values.get("needed_by"), today)
    problems.refuse()


def _check_amounts(problems: ProblemList, values: Mapping[str, Any]) -> None:
    low, high = values.get("amount_min_yuan"), values.get("amount_max_yuan")
    for field, amount in (("amount_min_yuan", low), ("amount_max_yuan", high)):
        if amount is not None and not 0 <= amount <= AMOUNT_MAX_YUAN:
            problems.add(
                field, "out_of_range", f"金额 {amount} 元应在 0 至 {AMOUNT_MAX_YUAN} 元之间。"
            )
    if low is not None and high is not None and low > high:
        problems.add(
            "amount_min_yuan",
            "min_above_max",
            f"金额下限（{format_wan(low)}）不能高于上限（{format_wan(high)}）。",
        )


def _check_terms(problems: ProblemList, values: Mapping[str, Any]) -> None:
    low, high = values.get("term_min_months"), values.get("term_max_months")
    for field, months in (("term_min_months", low), ("term_max_months", high)):
        if months is not None and not 0 <= months <= TERM_MAX_MONTHS:
            problems.add(
                field, "out_of_range", f"期限 {months} 个月应在 0 至 {TERM_MAX_MONTHS} 个月之间。"
            )
    if low is not None and high is not None and low > high:
        problems.add(
            "term_min_months",
            "min_above_max",
            f"期限下限（{low} 个月）不能高于上限（{high} 个月）。",
        )


def _check_rate(problems: ProblemList, rate: Decimal | None) -> None:
    if rate is not None and not 0 <= rate <= 1:
        problems.add(
            "max_annual_rate",
            "out_of_range",
            f"年化利率 {rate} 应为 0 至 1 之间的小数，例如 3.85% 填 0.0385。",
        )


def _check_needed_by(problems: ProblemList, needed_by: date | None, today: date) -> None:
    if needed_by is None:
        return
    latest = today + relativedelta(years=LONGEST_AHEAD_YEARS)
    if not today <= needed_by <= latest:
        problems.add(
            "needed_by",
            "out_of_range",
            f"最迟用款日期 {needed_by} 应在今天（{today}）至 {latest} 之间。",
        )


def check_complete(need: Need, *, today: date) -> None:
    """Refuse to submit a need that an officer could not deal with.

    The amount may be missing: the need is then matched with its amount unknown.
    """
    problems = ProblemList()
    for field, message in _ASKED_AT_SUBMISSION.items():
        value = getattr(need, field)
        if value in (None, "") or (field == "purposes" and not value):
            problems.add(field, "required", message)
    _check_needed_by(problems, need.needed_by, today)
    if need.firm.organization.region_code is None:
        problems.add("firm.region", "required", "请先在企业信息中填写所在地区，以确定核验部门。")
    problems.refuse()


def check_reason(field: str, reason: str, *, is_required: bool) -> None:
    """Refuse a missing or overlong reason."""
    problems = ProblemList()
    if is_required and not reason.strip():
        problems.add(field, "required", "请填写原因，便于企业修改。")
    problems.check_length(field, reason, REASON_MAX_LENGTH)
    problems.refuse()


def resolve_institutions(
    *, preferred: list[str] | None, excluded: list[str] | None
) -> dict[str, Organization]:
    """Return the named institutions by code; refuse unknown, inactive or doubly named ones."""
    problems = ProblemList()
    lists = {
        "preferred_institutions": preferred or [],
        "excluded_institutions": excluded or [],
    }
    found = _active_institutions({code for codes in lists.values() for code in codes})
    for field, codes in lists.items():
        _check_named(problems, field, codes, found)
    both = sorted(set(lists["preferred_institutions"]) & set(lists["excluded_institutions"]))
    if both:
        problems.add(
            "excluded_institutions",
            "preferred_and_excluded",
            f"机构“{'、'.join(both)}”不能既优先又排除。",
        )
    problems.refuse()
    return found


def _active_institutions(codes: Collection[str]) -> dict[str, Organization]:
    rows = Organization.objects.filter(code__in=codes, kind__in=OFFERING_KINDS, is_active=True)
    # Codes are unique within a kind; where two kinds share one, the institution is meant.
    return {row.code: row for row in rows.order_by("kind")}


def _check_named(
    problems: ProblemList, field: str, codes: list[str], found: Mapping[str, Organization]
) -> None:
    unknown = [code for code in codes if code not in found]
    if unknown:
        problems.add(
            field, "unknown_institution", f"未知或已停用的机构代码“{'、'.join(unknown)[:200]}”。"
        )
    if len(set(codes)) != len(codes):
        problems.add(field, "duplicate_code", "同一机构出现多次，请只保留一个。")
    if len(codes) > NAMED_INSTITUTIONS_MAX:
        problems.add(field, "too_many", f"共 {len(codes)} 家，最多 {NAMED_INSTITUTIONS_MAX} 家。")
