"""Which step a referral may take from where it stands; tracks say in which order.

What is not in here is refused. Services record; this module only judges.
"""

from collections.abc import Iterable
from enum import StrEnum

from backend.common.errors import StateConflict
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.tracks import TRACK_LABELS, TRACKS, status_after

_AT_WORK = frozenset(
    {
        ReferralStatus.SENT,
        ReferralStatus.ACKNOWLEDGED,
        ReferralStatus.IN_CONTACT,
        ReferralStatus.APPROVED,
        ReferralStatus.FUNDED,
    }
)
_BEFORE_APPROVAL = frozenset(
    {ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED, ReferralStatus.IN_CONTACT}
)
_BEFORE_MONEY = _BEFORE_APPROVAL | {ReferralStatus.APPROVED}

# Steps that stand outside the tracks, and the statuses in which they may happen.
ASIDE: dict[Step, frozenset[ReferralStatus]] = {
    Step.ASSIGNED: _AT_WORK,
    Step.SENT_UP: _AT_WORK,
    Step.ANSWERED: frozenset({ReferralStatus.SENT}),
    Step.DOCUMENTS_ASKED: _BEFORE_MONEY,
    Step.DOCUMENTS_GIVEN: _BEFORE_MONEY,
    Step.DECLINED: _BEFORE_MONEY,
    Step.RETURNED: _BEFORE_APPROVAL,
    # What was offered instead is often said with the decline, or long after the approval.
    Step.OFFER_NAMED: _AT_WORK | {ReferralStatus.CONFIRMED, ReferralStatus.DECLINED},
    Step.RECALL_ASKED: _BEFORE_MONEY - {ReferralStatus.SENT},
    # Money that reached the firm is not undone by a withdrawal; its outcome stays to be agreed.
    Step.WITHDRAWN: _BEFORE_MONEY,
    Step.EXPIRED: _BEFORE_MONEY,
    Step.CONFIRMED: frozenset({ReferralStatus.FUNDED, ReferralStatus.CONFIRMED}),
    Step.CONTESTED: frozenset({ReferralStatus.FUNDED, ReferralStatus.CONFIRMED}),
    Step.RECONCILED: frozenset({ReferralStatus.FUNDED, ReferralStatus.CONFIRMED}),
    Step.REOPENED: frozenset({ReferralStatus.DECLINED}),
}
_LEADS_TO: dict[Step, ReferralStatus] = {
    Step.DECLINED: ReferralStatus.DECLINED,
    Step.RETURNED: ReferralStatus.RETURNED,
    Step.WITHDRAWN: ReferralStatus.WITHDRAWN,
    Step.EXPIRED: ReferralStatus.EXPIRED,
    Step.CONFIRMED: ReferralStatus.CONFIRMED,
    Step.REOPENED: ReferralStatus.SENT,
}


class Move(StrEnum):
    """What a step of a track would be."""

    FORWARD = "forward"
    REPEATED = "repeated"


def judge(*, track: str, status: str, reached: Step | None, step: Step) -> Move:
    """Tell whether a step of a track leads forward or says again what was said.

    ``reached`` is the furthest step taken since the referral was sent or reopened. A line that
    was approved may be approved anew and drawn any number of times, also after the firm has
    confirmed a drawdown; every other step happens once. Whatever leads back, is foreign to the
    track or comes after the end is refused with StateConflict.
    """
    way = TRACKS[track]
    if way.place(step) < 0:
        raise StateConflict(
            "step_not_in_track",
            f"“{step.label}”不属于{TRACK_LABELS[track]}流程；"
            f"可用步骤：{'、'.join(known.label for known in way.steps)}。",
        )
    again = reached is not None and step == reached
    if status == ReferralStatus.CONFIRMED and step == way.funded:
        return Move.REPEATED
    if status not in _AT_WORK:
        raise StateConflict(
            "referral_ended",
            f"该推送已结束（{ReferralStatus(status).label}），不能再登记“{step.label}”。",
        )
    if again:
        return Move.REPEATED
    if reached is not None and way.place(step) < way.place(reached):
        # A line may be corrected after money was drawn on it; nothing else goes back.
        if step == way.decided:
            return Move.REPEATED
        raise StateConflict(
            "step_behind",
            f"已登记到“{reached.label}”，不能退回到“{step.label}”；步骤只能向前，可以跳过。",
        )
    return Move.FORWARD


def status_once(step: Step, *, track: str, status: str) -> ReferralStatus:
    """Return the status after a step; a status that is further along stays."""
    if step in _LEADS_TO:
        return _LEADS_TO[step]
    if TRACKS[track].place(step) < 0:
        return ReferralStatus(status)
    if status == ReferralStatus.CONFIRMED:
        return ReferralStatus.CONFIRMED
    order = list(ReferralStatus)
    return max(ReferralStatus(status), status_after(step), key=order.index)


def status_without_money(*, track: str, taken: Iterable[Step]) -> ReferralStatus:
    """Return where a referral stands once none of its money stands: before it, but answered."""
    way = TRACKS[track]
    before = [step for step in taken if 0 <= way.place(step) < way.place(way.funded)]
    return status_after(max(before, key=way.place, default=way.steps[0]))


def require_aside(step: Step, *, status: str) -> None:
    """Refuse a step outside the track that the status does not allow."""
    if status in ASIDE[step]:
        return
    allowed = "、".join(known.label for known in ReferralStatus if known in ASIDE[step])
    raise StateConflict(
        "transition_not_allowed",
        f"推送现为“{ReferralStatus(status).label}”，不能{step.label}；"
        f"只有以下状态可以：{allowed}。",
    )
