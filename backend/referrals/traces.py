"""The way of a need and of its referrals, stop by stop, as one follows a parcel."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from backend.consents.enums import FieldGroup
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.models import Referral
from backend.referrals.reporting import reached_step, steps_of_round
from backend.referrals.services.documents import missing_names
from backend.referrals.tracks import TRACKS

_ENDS = frozenset({Step.DECLINED, Step.RETURNED})
_WITHHELD = "该机构未获授权向平台反馈进度"


class StopState(StrEnum):
    """Where a stop stands on the way."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop; ``day`` is None for what lies ahead."""

    label: str
    state: StopState
    day: date | None = None
    note: str = ""


def trace_need(need: Need, *, sent_on: date | None = None) -> list[Stop]:
    """Return a need's own way: written, handed in, verified, sent for the first time, funded."""
    stops = [Stop("起草", StopState.DONE, timezone.localdate(need.created_at))]
    if need.submitted_at:
        stops.append(Stop("提交核验", StopState.DONE, timezone.localdate(need.submitted_at)))
    if need.status == NeedStatus.RETURNED:
        day = timezone.localdate(need.returned_at) if need.returned_at else None
        stops.append(Stop("退回补充", StopState.STOPPED, day, need.returned_reason))
    elif need.status == NeedStatus.WITHDRAWN and need.withdrawn_at:
        day = timezone.localdate(need.withdrawn_at)
        stops.append(Stop("已撤回", StopState.STOPPED, day))
    elif need.verified_at:
        stops.append(Stop("核验通过", StopState.DONE, timezone.localdate(need.verified_at)))
    elif need.submitted_at is None:
        stops.append(Stop("提交核验", StopState.NOW))
    else:
        stops.append(Stop("科技管理部门核验", StopState.NOW))
    if sent_on is not None:
        stops.append(Stop("推送给机构", StopState.DONE, sent_on))
    if need.status == NeedStatus.OPEN:
        again = "再次推送给机构" if sent_on else "推送给机构"
        stops.append(Stop(again, StopState.NOW))
    if need.status == NeedStatus.FUNDED:
        stops.append(Stop("已获融资", StopState.DONE))
    if need.status == NeedStatus.EXPIRED:
        stops.append(Stop("已过最迟用款日期", StopState.STOPPED, need.expires_on))
    return stops


def trace_referral(referral: Referral, reported: frozenset[FieldGroup]) -> list[Stop]:
    """Return the way of one referral in its present round; load it ``with_story``.

    What the firm lets nobody report is not shown: there is the sending and whether it was
    answered.
    """
    stops = [Stop("推送", StopState.DONE, timezone.localdate(referral.sent_at))]
    if FieldGroup.PROGRESS not in reported:
        if referral.answered_at:
            day = timezone.localdate(referral.answered_at)
            stops.append(Stop("机构已答复", StopState.DONE, day, _WITHHELD))
        else:
            stops.append(Stop("等待机构答复", StopState.NOW, note=_WITHHELD))
        return stops
    stops += [
        Stop(taken.get_step_display(), StopState.DONE, taken.happened_on)
        for taken in steps_of_round(referral)
        if taken.step not in _ENDS
    ]
    if referral.ended_at is not None:
        is_good = referral.status == ReferralStatus.CONFIRMED
        state = StopState.DONE if is_good else StopState.STOPPED
        day = timezone.localdate(referral.ended_at)
        return [*stops, Stop(referral.get_status_display(), state, day)]
    return [*stops, *_what_is_ahead(referral)]


def _what_is_ahead(referral: Referral) -> Iterator[Stop]:
    state = StopState.NOW
    missing = missing_names(referral)
    if missing:
        yield Stop("企业补充材料", state, note="、".join(missing))
        state = StopState.AHEAD
    track = TRACKS[referral.track]
    reached = reached_step(referral)
    for step in track.steps[0 if reached is None else track.place(reached) + 1 :]:
        yield Stop(step.label, state)
        state = StopState.AHEAD
