"""What a visit, its checks and an endorsement have to say."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from backend.common.credit_words import find_credit_words
from backend.common.problems import ProblemList, shown
from backend.recommendations.enums import EntryStandard
from backend.recommendations.models import (
    NAME_MAX_LENGTH,
    TEXT_MAX_LENGTH,
    Recommendation,
    StandardCheck,
)

MOST_VISITORS = 20
# A visit says how a firm is; after a year it says how it was.
LONGEST_AGO = timedelta(days=365)


def check_text(problems: ProblemList, field: str, text: str, *, is_required: bool) -> None:
    """Note a text that is missing, too long, or holds what a credit report says."""
    if is_required and not text.strip():
        problems.add(field, "required", "请填写此项。")
    problems.check_length(field, text, TEXT_MAX_LENGTH)
    found = find_credit_words(text)
    if found:
        problems.add(
            field,
            "credit_report_content",
            f"内容中出现“{'、'.join(found)}”。平台不得保存征信报告及其内容，请删去；"
            "依据可写查看了什么，例如“现场查看纳税申报表”。",
        )


def check_reason(field: str, reason: str, *, is_required: bool) -> str:
    """Return a reason without blanks around it."""
    problems = ProblemList()
    check_text(problems, field, reason, is_required=is_required)
    problems.refuse()
    return reason.strip()


def check_draft(values: Mapping[str, Any], *, today: date) -> None:
    """Refuse what cannot be right in a draft; it may still lack something."""
    problems = ProblemList()
    if "visited_on" in values:
        _check_day(problems, "visited_on", values["visited_on"], today)
    check_text(problems, "opinion", values.get("opinion") or "", is_required=False)
    _check_visitors(problems, values.get("visitors") or ())
    _check_standards(problems, values.get("standards") or ())
    problems.refuse()


def check_complete(recommendation: Recommendation, *, today: date) -> None:
    """Refuse to hand up what lacks a visit, or a firm that does not meet the five standards."""
    problems = ProblemList()
    if recommendation.visited_on is None:
        problems.add("visited_on", "required", "请填写走访日期。")
    _check_day(problems, "visited_on", recommendation.visited_on, today)
    if not recommendation.visitors.exists():
        problems.add("visitors", "required", "请填写走访人员的姓名和职务。")
    checks = {check.standard: check for check in recommendation.checks.all()}
    for standard in EntryStandard:
        _check_met(problems, standard, checks.get(standard.value))
    problems.refuse()


def check_endorsement(values: Mapping[str, Any], *, today: date) -> None:
    """Refuse an endorsement without a person or a reason, or of a day that has not come."""
    problems = ProblemList()
    _check_day(problems, "endorsed_on", values["endorsed_on"], today)
    _check_name(problems, "person", values["person"])
    check_text(problems, "text", values["text"], is_required=True)
    problems.refuse()


def _check_met(problems: ProblemList, standard: EntryStandard, check: StandardCheck | None) -> None:
    field = f"standards.{standard.value}"
    if check is None:
        problems.add(field, "required", f"请核对“{standard.label}”并写明依据。")
    elif not check.is_met:
        problems.add(
            field, "not_met", f"企业未达到“{standard.label}”，不能推荐；请先帮助企业整改。"
        )


def _check_day(problems: ProblemList, field: str, day: date | None, today: date) -> None:
    if day is not None and not today - LONGEST_AGO <= day <= today:
        problems.add(
            field,
            "out_of_range",
            f"日期 {day} 应在近一年内（{today - LONGEST_AGO} 至今天 {today}）。",
        )


def _check_visitors(problems: ProblemList, visitors: Sequence[Mapping[str, str]]) -> None:
    if len(visitors) > MOST_VISITORS:
        problems.add("visitors", "too_many", f"共 {len(visitors)} 人，最多 {MOST_VISITORS} 人。")
    for number, visitor in enumerate(visitors):
        for part in ("name", "post"):
            _check_name(problems, f"visitors.{number}.{part}", visitor[part])


def _check_name(problems: ProblemList, field: str, text: str) -> None:
    if not text.strip():
        problems.add(field, "required", "请填写此项。")
    problems.check_length(field, text, NAME_MAX_LENGTH)


def _check_standards(problems: ProblemList, standards: Sequence[Mapping[str, Any]]) -> None:
    seen = set()
    for number, check in enumerate(standards):
        standard = check["standard"]
        if standard not in EntryStandard.values:
            problems.add(
                f"standards.{number}.standard",
                "unknown_code",
                f"未知标准“{shown(standard)}”。可用：{'、'.join(EntryStandard.values)}。",
            )
        elif standard in seen:
            problems.add(
                f"standards.{number}.standard", "duplicate_code", "同一标准出现多次，请只保留一条。"
            )
        seen.add(standard)
        check_text(problems, f"standards.{number}.basis", check["basis"], is_required=True)
