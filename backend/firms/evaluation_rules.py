"""What an evaluation by a third party may say; the service asks here before it writes."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from backend.common.credit_words import find_rating_words
from backend.common.problems import ProblemList, shown
from backend.firms.enums import EvaluationKind, EvaluationSource
from backend.firms.evaluation_records import (
    DOCUMENT_NUMBER_MAX_LENGTH,
    EVALUATOR_MAX_LENGTH,
    GRADE_MAX_LENGTH,
    LARGEST_SCALE,
    LARGEST_VALUE_YUAN,
    MOST_PATENTS,
    REASON_MAX_LENGTH,
)
from backend.organizations.validators import check_uscc

EARLIEST_EVALUATION = date(2000, 1, 1)
RESULT_FIELDS: Final = MappingProxyType(
    {
        EvaluationKind.INNOVATION_SCORE: {"score": "得分", "scale": "满分"},
        EvaluationKind.IP_VALUATION: {"value_yuan": "评估价值", "patents": "评估专利数"},
        EvaluationKind.TECHNOLOGY_APPRAISAL: {"grade": "评价等级"},
    }
)
NO_CREDIT: Final = "平台不保存征信数据，也不作信用评价"
_ALL_RESULTS = {name: label for fields in RESULT_FIELDS.values() for name, label in fields.items()}
_TEXTS = MappingProxyType(
    {
        "evaluator": EVALUATOR_MAX_LENGTH,
        "grade": GRADE_MAX_LENGTH,
        "document_number": DOCUMENT_NUMBER_MAX_LENGTH,
    }
)


def kinds_refusal(kind: object) -> str:
    """Say which kinds there are, and that ratings of credit are none of them."""
    listed = "、".join(f"{code}（{label}）" for code, label in EvaluationKind.choices)
    return f"未知评价类别“{shown(kind)}”。可用：{listed}；{NO_CREDIT}，信用评级等不予登记。"


def check_evaluation(
    kind: str, source: EvaluationSource, values: Mapping[str, Any], *, today: date
) -> None:
    """Refuse a result that cannot be right, every wrong field at once."""
    problems = ProblemList()
    if kind in EvaluationKind.values:
        _check_result(problems, EvaluationKind(kind), values)
    else:
        problems.add("kind", "unknown_code", kinds_refusal(kind))
    _check_evaluator(problems, values)
    _check_dates(problems, values["evaluated_on"], values.get("valid_until"), today)
    if source is EvaluationSource.EVALUATOR and not values.get("document_number"):
        problems.add("document_number", "required", "评价机构提供的名单，请填写名单或文件的编号。")
    for field, limit in _TEXTS.items():
        _check_text(problems, field, values.get(field) or "", limit)
    problems.refuse()


def check_reason(reason: str) -> None:
    """Refuse a retraction without a reason, or with one that must not be kept."""
    problems = ProblemList()
    if not reason.strip():
        problems.add("reason", "required", "请填写撤销原因。")
    _check_text(problems, "reason", reason, REASON_MAX_LENGTH)
    problems.refuse()


def _check_text(problems: ProblemList, field: str, text: str, limit: int) -> None:
    problems.check_length(field, text, limit)
    words = find_rating_words(text)
    if words:
        problems.add(
            field,
            "credit_data",
            f"内容含“{'、'.join(words)}”：{NO_CREDIT}，请删去后再提交。",
        )


def _check_evaluator(problems: ProblemList, values: Mapping[str, Any]) -> None:
    if not (values.get("evaluator") or "").strip():
        problems.add("evaluator", "required", "请填写评价机构名称。")
    if values.get("evaluator_uscc"):
        check_uscc(problems, "evaluator_uscc", values["evaluator_uscc"])


def _check_dates(
    problems: ProblemList, evaluated_on: date, valid_until: date | None, today: date
) -> None:
    if not EARLIEST_EVALUATION <= evaluated_on <= today:
        problems.add(
            "evaluated_on",
            "out_of_range",
            f"评价日期 {evaluated_on} 应在 {EARLIEST_EVALUATION} 至今天（{today}）之间。",
        )
    if valid_until is not None and valid_until <= evaluated_on:
        problems.add(
            "valid_until",
            "period_empty",
            f"有效期止 {valid_until}（不含当日）应晚于评价日期 {evaluated_on}。",
        )


def _check_result(problems: ProblemList, kind: EvaluationKind, values: Mapping[str, Any]) -> None:
    """Note what is missing of the kind's own result, and what belongs to another kind."""
    own = RESULT_FIELDS[kind]
    for field, label in _ALL_RESULTS.items():
        is_given = values.get(field) not in (None, "")
        if field in own and not is_given:
            problems.add(field, "required", f"{kind.label}请填写{label}。")
        elif field not in own and is_given:
            problems.add(field, "not_of_this_kind", f"{kind.label}没有“{label}”，请留空。")
    score, scale = values.get("score"), values.get("scale")
    _check_number(problems, "scale", scale, Decimal("0.01"), LARGEST_SCALE)
    if score is not None:
        _check_number(problems, "score", score, 0, LARGEST_SCALE if scale is None else scale)
    _check_number(problems, "value_yuan", values.get("value_yuan"), 0, LARGEST_VALUE_YUAN)
    _check_number(problems, "patents", values.get("patents"), 1, MOST_PATENTS)


def _check_number(
    problems: ProblemList, field: str, value: Any, low: Decimal | int, high: Decimal | int
) -> None:
    if value is not None and not low <= value <= high:
        problems.add(
            field,
            "out_of_range",
            f"{_ALL_RESULTS[field]} {shown(value)} 应在 {low} 至 {high} 之间。",
        )
