"""What notes, days and reasons of referrals have to be."""

from collections.abc import Collection
from datetime import date

from django.utils import timezone

from backend.common.credit_words import find_credit_words
from backend.common.errors import InvalidInput
from backend.referrals.enums import DeclineReason
from backend.referrals.models.referrals import MOST_REASONS, NOTE_MAX_LENGTH, Referral


def check_note(field: str, note: str, *, is_required: bool = False) -> str:
    """Return a note without blanks around it; refuse credit-report content and empty reasons."""
    note = note.strip()
    if is_required and not note:
        raise InvalidInput.of(field, "required", "请写明理由。")
    if len(note) > NOTE_MAX_LENGTH:
        raise InvalidInput.of(field, "too_long", f"共 {len(note)} 字，最多 {NOTE_MAX_LENGTH} 字。")
    found = find_credit_words(note)
    if found:
        raise InvalidInput.of(
            field,
            "credit_report_content",
            f"说明中出现“{'、'.join(found)}”。平台不得保存征信报告及其内容，请删去后再提交；"
            "如不便说明，原因可选“机构内部政策”（bank_internal）。",
        )
    return note


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
