"""Where a referral stands and what happens next, in sentences for its firm; never silence."""

from datetime import date

from django.utils import timezone

from backend.common.clocks import ClockState
from backend.common.workdays import UNCERTAIN_NOTE
from backend.consents.enums import FieldGroup
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.referrals.clocks import ReferralClock
from backend.referrals.enums import ClockKind, DeclineReason, OutcomeState, ReferralStatus, Step
from backend.referrals.models import Referral, ReferralStep
from backend.referrals.reporting import reached_step, steps_of_round
from backend.referrals.services.documents import missing_names
from backend.referrals.services.money import line_in_force, standing_drawdowns
from backend.referrals.tracks import TRACKS

_NEED_SENTENCES = {
    NeedStatus.DRAFT: "需求尚未提交。填写完整后请提交核验。",
    NeedStatus.SUBMITTED: "需求已提交，等待科技管理部门核验。",
    NeedStatus.RETURNED: "需求已退回，请按退回原因补充后重新提交。",
    NeedStatus.OPEN: "需求已核验，等待科技管理部门推送给机构。",
    NeedStatus.WITHDRAWN: "需求已撤回，不再推送。",
    NeedStatus.EXPIRED: "需求已过最迟用款日期，不再推送；如仍有需要，请新建需求。",
}
_DOING = {
    ClockKind.ACKNOWLEDGE: "受理",
    ClockKind.CONTACT: "首次联系",
    ClockKind.DECIDE: "答复审批结果",
    ClockKind.READ: "阅读",
    ClockKind.ANSWER: "首次答复",
    ClockKind.APPROVE_PROMISE: "按绿色通道承诺完成审批",
    ClockKind.DISBURSE_PROMISE: "按绿色通道承诺放款",
}
_WAN = 10_000


def need_sentence(need: Need, referrals: list[Referral]) -> str:
    """Say in one sentence where a need stands."""
    at_work = [one for one in referrals if one.ended_at is None]
    if need.status == NeedStatus.FUNDED:
        confirmed = [one for one in referrals if one.status == ReferralStatus.CONFIRMED]
        names = "、".join(one.institution.name for one in confirmed)
        return f"需求已获融资（{names}）。" if names else "需求已获融资。"
    if need.status == NeedStatus.IN_REFERRAL:
        return f"已推送 {len(referrals)} 家机构，其中 {len(at_work)} 家正在办理。"
    if need.status == NeedStatus.OPEN and referrals:
        return f"此前推送的 {len(referrals)} 家机构均已结束办理，需求已恢复匹配，等待再次推送。"
    return _NEED_SENTENCES[NeedStatus(need.status)]


def referral_sentence(
    referral: Referral,
    clocks: tuple[ReferralClock, ...],
    groups: frozenset[FieldGroup],
    today: date,
) -> str:
    """Say where a referral stands, and who has to do what by when."""
    name = referral.institution.name
    where = _where(referral, groups)
    return f"{name} {where}{_next(referral, clocks, groups, today)}"


def _where(referral: Referral, groups: frozenset[FieldGroup]) -> str:
    sent_on = day_text(timezone.localdate(referral.sent_at))
    ended = timezone.localdate(referral.ended_at) if referral.ended_at else None
    if referral.status == ReferralStatus.DECLINED:
        reasons = [reason.label for reason in _reasons(referral)] or ["原因未授权反馈"]
        return f"{day_text(ended)}答复不予支持（{'、'.join(reasons)}）"
    if ended is not None and referral.status != ReferralStatus.CONFIRMED:
        return f"{day_text(ended)}{referral.get_status_display()}"
    if FieldGroup.PROGRESS not in groups:
        known = "已答复" if referral.answered_at else "已收到推送"
        return f"{sent_on}{known}；该机构未获授权向平台反馈进度，详情请直接与机构联系"
    reached = reached_step(referral)
    if reached is None:
        again = any(taken.step == Step.REOPENED for taken in referral.steps.all())
        return f"{sent_on}推送，{'二次对接，' if again else ''}尚未答复"
    taken = _last(referral, reached)
    text = f"{day_text(taken.happened_on)}{reached.label}"
    line = line_in_force(referral)
    if line is not None:
        text += f"，批准额度 {line.amount_yuan / _WAN:g} 万元"
    drawn = standing_drawdowns(referral)
    if drawn:
        text += f"，已放款 {len(drawn)} 笔共 {sum(one.amount_yuan for one in drawn) / _WAN:g} 万元"
    return text


def _next(
    referral: Referral,
    clocks: tuple[ReferralClock, ...],
    groups: frozenset[FieldGroup],
    today: date,
) -> str:
    """Say what comes next; for what has ended, that nothing does."""
    settling = _settling(referral)
    if settling is not None:
        return settling
    if referral.ended_at is not None or FieldGroup.PROGRESS not in groups:
        return "。"
    missing = missing_names(referral)
    if missing:
        return f"；请补充：{'、'.join(missing)}。补齐前审批时限暂停。"
    due = [clock for clock in clocks if clock.is_open and clock.due_on is not None]
    if due:
        return f"，{_due_text(min(due, key=lambda clock: clock.due_on), today)}"
    if any(clock.is_waiting for clock in clocks):
        return "；材料齐全后开始计算审批时限。"
    upcoming = _following(referral)
    return f"；下一步：{upcoming.label}。" if upcoming else "。"


def _settling(referral: Referral) -> str | None:
    """Say which drawdowns wait for the firm's word or the department's; None when none does."""
    states = [one.state for one in standing_drawdowns(referral)]
    waiting = sum(state in {OutcomeState.REPORTED, OutcomeState.UNANSWERED} for state in states)
    if waiting:
        return f"；请核对机构上报的 {waiting} 笔放款是否属实。"
    if OutcomeState.CONTESTED in states:
        return "；有异议的放款正由科技管理部门核实。"
    return None


def _due_text(clock: ReferralClock, today: date) -> str:
    note = "" if clock.is_certain else f"（{UNCERTAIN_NOTE}）"
    doing = _DOING[clock.kind]
    if clock.state is ClockState.OVERDUE or clock.due_on < today:
        return f"应于 {day_text(clock.due_on)}前{doing}{note}，现已逾期，平台正在催办。"
    return f"应于 {day_text(clock.due_on)}前{doing}{note}。"


def _following(referral: Referral) -> Step | None:
    track = TRACKS[referral.track]
    reached = reached_step(referral)
    place = -1 if reached is None else track.place(reached)
    return track.steps[place + 1] if place + 1 < len(track.steps) else None


def _last(referral: Referral, step: Step) -> ReferralStep:
    return [taken for taken in steps_of_round(referral) if taken.step == step][-1]


def _reasons(referral: Referral) -> list[DeclineReason]:
    return [DeclineReason(code) for code in referral.decline_reasons]


def day_text(day: date) -> str:
    """Write a day as people read it."""
    return f"{day.month} 月 {day.day} 日"
