"""What filed figures must be like."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from backend.common.errors import InvalidInput
from backend.common.problems import ProblemList, shown
from backend.filings.enums import AMOUNTS, MONTHS_OF, Measure, PeriodKind, Unit
from backend.filings.models import LARGEST, NAME_MAX_LENGTH, TEXT_MAX_LENGTH

EARLIEST = date(2000, 1, 1)
COUNTED = ("firms_served", "loans", "disbursed_yuan", "balance_yuan")


def period_of(kind: PeriodKind, begins: date, *, today: date) -> date:
    """Return the end (excluded) of a period, which must be a calendar's and be over."""
    months = MONTHS_OF[kind]
    if begins.day != 1 or (begins.month - 1) % months or begins < EARLIEST:
        raise InvalidInput.of(
            "period_from",
            "not_a_period",
            f"“{begins}”不是一个{kind.label}度的第一天；例如 2026-01-01，不早于 {EARLIEST}。",
        )
    if begins > today:
        raise InvalidInput.of("period_from", "not_over", f"{begins} 起的期间尚未开始。")
    ends: date = begins + relativedelta(months=months)
    if ends > today:
        raise InvalidInput.of("period_from", "not_over", f"期间至 {ends} 才结束，届时再报。")
    return ends


def check_aggregate(values: Mapping[str, Any]) -> None:
    """Refuse figures that cannot be right, each by name; only the loans may stay unknown."""
    problems = ProblemList()
    for name in COUNTED:
        value = values[name]
        if value is None and name != "loans":
            problems.add(name, "required", "请填写。")
        elif value is not None and not 0 <= value <= LARGEST:
            problems.add(name, "out_of_range", f"{shown(value)} 应为 0 至 {LARGEST} 的整数。")
    problems.check_length("note", values["note"], TEXT_MAX_LENGTH)
    problems.refuse()


def check_reason(reason: str) -> str:
    """Return why a version is corrected or withdrawn; it must be said."""
    reason = reason.strip()
    if not 0 < len(reason) <= TEXT_MAX_LENGTH:
        raise InvalidInput.of(
            "reason", "required", f"请说明原因（1–{TEXT_MAX_LENGTH} 字）；原版本会保留。"
        )
    return reason


def check_indicator(values: Mapping[str, Any], *, today: date) -> None:
    """Refuse an indicator that does not say what, how much, since when and from which paper."""
    problems = ProblemList()
    for name, longest in (("name", NAME_MAX_LENGTH), ("source", TEXT_MAX_LENGTH)):
        if not values[name].strip():
            problems.add(name, "required", "请填写。")
        problems.check_length(name, values[name], longest)
    problems.check_length("note", values["note"], TEXT_MAX_LENGTH)
    if not 0 <= values["value"] <= LARGEST:
        problems.add("value", "out_of_range", f"应为 0 至 {LARGEST} 的整数。")
    is_amount = Measure(values["measure"]) in AMOUNTS
    if values["measure"] != Measure.OTHER and is_amount is not (values["unit"] == Unit.YUAN):
        problems.add("unit", "unit_does_not_fit", "金额类指标的单位为元，其他口径不得以元计。")
    begins, ends = values["covers_from"], values["covers_until"]
    if begins is not None and begins >= ends:
        problems.add("covers_until", "period_empty", f"止日 {ends}（不含）应晚于起日 {begins}。")
    if (ends - today).days > 1:
        problems.add("covers_until", "in_future", f"统计期止 {ends}（不含）晚于今天。")
    if values["source_on"] > today:
        problems.add("source_on", "in_future", f"来源日期 {values['source_on']} 晚于今天。")
    for name in ("covers_from", "covers_until", "source_on"):
        if values[name] is not None and values[name] < EARLIEST:
            problems.add(name, "out_of_range", f"{values[name]} 早于 {EARLIEST}。")
    problems.refuse()
