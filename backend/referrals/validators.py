"""What notes, days and reasons of referrals have to be."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date

from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.referrals.enums import DeclineReason
from backend.referrals.models.referrals import MOST_REASONS, NOTE_MAX_LENGTH, Referral

# What a credit report says. The platform must not hold it (征信业管理条例), in no field.
_CREDIT_WORDS = (
    "征信", "信用报告", "信贷记录", "逾期", "不良记录", "不良贷款", "不良信用", "失信",
    "被执行", "黑名单", "欠息", "欠款", "呆账", "坏账", "代偿", "五级分类", "关注类", "次级类",
    "可疑类", "损失类", "连三累六", "查询次数", "老赖",
)  # fmt: skip
_BETWEEN = re.compile(r"[\s\W_]+")


def check_note(field: str, note: str, *, is_required: bool = False) -> str:
    """Return a note without blanks around it; refuse credit-report content and empty reasons."""
    note = note.strip()
    if is_required and not note:
        raise InvalidInput.of(field, "required", "请写明理由。")
    if len(note) > NOTE_MAX_LENGTH:
        raise InvalidInput.of(field, "too_long", f"共 {len(note)} 字，最多 {NOTE_MAX_LENGTH} 字。")
    found = _credit_words(note)
    if found:
        raise InvalidInput.of(
            field,
            "credit_report_content",
            f"说明中出现“{'、'.join(found)}”。平台不得保存征信报告及其内容，请删去后再提交；"
            "如不便说明，原因可选“机构内部政策”（bank_internal）。",
        )
    return note


def _credit_words(note: str) -> list[str]:
    """Find the words however they are spaced or written in full width."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", note))
    return [word for word in _CREDIT_WORDS if word in plain]


def check_reasons(reasons: Collection[str]) -> list[str]:
    """Return one to four different coded reasons in the order given."""
    kept = list(dict.fromkeys(reasons))
    if not 1 <= len(kept) <= MOST_REASONS:
        raise InvalidInput.of(
            "reasons",
            "reason_count",
            f"请给出 1 至 {MOST_REASONS} 个原因，现有 {len(kept)} 个。",
        )
    unknown = [reason for reason in kept if reason not in DeclineReason.values]
    if unknown:
        raise InvalidInput.of(
            "reasons",
            "unknown_code",
            f"未知原因“{'、'.join(unknown)}”。可用：{'、'.join(DeclineReason.values)}。",
        )
    return kept


def check_day(
    field: str, day: date, *, referral: Referral, today: date, not_before: date | None = None
) -> None:
    """Refuse a day that has not come, or that lies before the sending or the step before it."""
    sent_on = timezone.localdate(referral.sent_at)
    earliest = max(sent_on, not_before) if not_before else sent_on
    if day > today:
        raise InvalidInput.of(field, "in_future", f"日期 {day} 尚未到来（今天是 {today}）。")
    if day < earliest:
        what = "推送日期" if earliest == sent_on else "上一步骤的日期"
        raise InvalidInput.of(field, "too_early", f"日期 {day} 早于{what} {earliest}，请核对。")
