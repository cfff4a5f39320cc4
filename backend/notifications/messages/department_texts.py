"""Sentences for a department, put together when they are read."""

from collections.abc import Callable
from datetime import date

from backend.data_requests.models import DataRequest
from backend.notifications.messages.common import (
    need_label,
)
from backend.notifications.registry import Reading
from backend.referrals.enums import ClockKind, ListStatus
from backend.referrals.models import Referral, ReferralList
from backend.referrals.wording import day_text


def of_referral(pattern: str) -> Callable[[Reading], str]:
    """Return what fills a pattern with the referral and the clock that called."""

    def text(reading: Reading) -> str:
        referral: Referral = reading.subject
        clock, day = reading.payload.get("clock"), reading.payload.get("due_on")
        return pattern.format(
            need=need_label(reading, referral.need),
            institution=referral.institution.name,
            clock=ClockKind(clock).label if clock else "",
            due=day_text(date.fromisoformat(day)) if day else "",
        )

    return text


def of_data_request(reading: Reading) -> str:
    """Say who asks for what, by when the answer is due, and where it stands."""
    asked: DataRequest = reading.subject
    return (
        f"{asked.firm.organization.name}申请{asked.get_kind_display()}资料：{asked.what}。"
        f"请于{day_text(asked.due_on)}前答复，现状态：{asked.get_status_display()}。"
    )


def is_silent(reading: Reading) -> int:
    """A proposal waits as long as its case is open."""
    return int(any(case.closed_at is None for case in reading.subject.cases.all()))


def is_to_sign(reading: Reading) -> int:
    """A list waits for the post that was told while it is in that round and nobody signed for it.

    The topic of the message says which post, in which round.
    """
    found: ReferralList = reading.subject
    *_, round_, post = reading.notification.topic.split(":")
    signed = {one.post for one in found.approvals.all() if one.round == int(round_)}
    return int(
        found.status == ListStatus.IN_APPROVAL
        and found.approval_round == int(round_)
        and post not in signed
    )


def list_text(pattern: str) -> Callable[[Reading], str]:
    """Return what fills a pattern with the list as it stands when the message is read."""
    return lambda reading: pattern.format(
        number=reading.subject.number,
        title=reading.subject.title,
        status=reading.subject.get_status_display(),
    )
