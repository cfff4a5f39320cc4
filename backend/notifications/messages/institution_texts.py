"""Sentences for an institution; a firm is named only as far as the reader may know it then."""

from collections.abc import Callable
from datetime import date

from backend.notifications.messages.common import (
    need_label,
)
from backend.notifications.registry import Reading
from backend.referrals.enums import ClockKind, Escalation, OutcomeState
from backend.referrals.models import Referral
from backend.referrals.wording import day_text


def of_referral(pattern: str) -> Callable[[Reading], str]:
    """Return what fills a pattern with the referral as it stands when the message is read."""

    def text(reading: Reading) -> str:
        referral: Referral = reading.subject
        due = referral.next_due_on
        return pattern.format(
            need=need_label(reading, referral.need),
            unit=referral.unit.name,
            until=f"，应于 {day_text(due)}前办理" if due and referral.ended_at is None else "",
        )

    return text


def clock_text(reading: Reading) -> str:
    """Say which clock runs out or has run out, or that it was answered meanwhile."""
    referral: Referral = reading.subject
    clock = ClockKind(reading.payload["clock"]).label
    day = day_text(_day(reading))
    said = f"{need_label(reading, referral.need)}的“{clock}”时限为 {day}"
    if not still_due(reading):
        return f"{said}，已办理，无需再处理。"
    if reading.payload["escalation"] == Escalation.REMINDER:
        return f"{said}，请在当日内办理。"
    return f"{said}，现已逾期，请尽快办理或退回。"


def _day(reading: Reading) -> date:
    return date.fromisoformat(reading.payload["due_on"])


def still_due(reading: Reading) -> int:
    """Nobody is reminded of what they have done: a later due day, or none, is an answer."""
    referral: Referral = reading.subject
    due = referral.next_due_on
    return int(referral.ended_at is None and due is not None and due <= _day(reading))


def sheet_text(reading: Reading) -> str:
    """Say how much an institution was sent, and how much of it waits."""
    sheet = reading.subject
    head = sheet.referral_list.document_number
    return (
        f"收到需求清单（{head}，第 {sheet.version} 份），共 {reading.notification.count} 条，"
        f"其中 {sheet.waiting_count} 条待受理。"
    )


def review_text(reading: Reading) -> str:
    """Say how far both sides agree on a drawdown."""
    state = OutcomeState(reading.payload["state"]).label
    drawdown = reading.subject
    need = need_label(reading, drawdown.referral.need)
    return f"{need} {day_text(drawdown.drawn_on)}放款：{state}。"
