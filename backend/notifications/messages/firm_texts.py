"""Sentences for a firm, put together when they are read."""

from collections.abc import Callable

from backend.consents.models import Consent
from backend.data_requests.models import DataRequest
from backend.needs.models import Need
from backend.notifications.messages.common import wan
from backend.notifications.registry import Reading
from backend.referrals.enums import DeclineReason, OutcomeState, Step
from backend.referrals.models import Drawdown, Referral
from backend.referrals.services.documents import missing_names
from backend.referrals.services.money import line_in_force
from backend.referrals.tracks import TRACKS
from backend.referrals.wording import day_text, need_sentence

Text = Callable[[Reading], str]

# How the journal calls the review of a drawdown that its institution took back.
VOIDED = "voided"


def text_of_need(pattern: str) -> Text:
    """Return what fills a pattern with the need as it stands when the message is read."""

    def text(reading: Reading) -> str:
        need: Need = reading.subject
        return pattern.format(
            code=need.code,
            standing=_standing(need),
            reason=need.returned_reason,
            needed_by=day_text(need.needed_by) if need.needed_by else "",
        )

    return text


def of_data_request(reading: Reading) -> str:
    """Say what became of a request about the firm's data."""
    asked: DataRequest = reading.subject
    answer = f"答复：{asked.answer}" if asked.answer else ""
    return f"{asked.get_kind_display()}申请“{asked.what}”{asked.get_status_display()}。{answer}"


def text_of_referral(pattern: str) -> Text:
    """Return what fills a pattern with the referral as it stands when the message is read."""

    def text(reading: Reading) -> str:
        referral: Referral = reading.subject
        return pattern.format(
            code=referral.need.code,
            institution=referral.institution.name,
            standing=_standing(referral.need),
            next=_next_name(referral),
        )

    return text


def with_institutions(reading: Reading) -> str:
    """Say to which institutions a list took the need."""
    need: Need = reading.subject
    names = "、".join(
        one.institution.name
        for one in need.referrals.all()
        if one.list_row.referral_list.public_id == reading.notification.event.subject_id
    )
    return f"需求 {need.code} 已推送至{names}，请留意机构联系。"


def with_step(reading: Reading) -> str:
    """Say which step an institution took, and the line where it approved one."""
    referral: Referral = reading.subject
    step = Step(reading.payload["step"])
    said = f"{referral.institution.name}办理需求 {referral.need.code}：{step.label}"
    line = line_in_force(referral)
    if step == TRACKS[referral.track].decided and line is not None:
        return f"{said}，批准额度 {wan(line.amount_yuan)}。"
    if step == TRACKS[referral.track].funded:
        return f"{said}，请核对是否属实。"
    return f"{said}。"


def documents_text(reading: Reading) -> str:
    """Name the documents that an institution still misses."""
    referral: Referral = reading.subject
    missing = missing_names(referral)
    name, code = referral.institution.name, referral.need.code
    if not missing or referral.ended_at is not None:
        return f"{name}就需求 {code} 要求的材料已无需补充。"
    return f"{name}办理需求 {code} 尚缺：{'、'.join(missing)}。补齐前审批时限暂停。"


def asked_and_open(reading: Reading) -> int:
    """Tell whether a document is still missing of a referral that goes on."""
    referral: Referral = reading.subject
    return int(referral.ended_at is None and bool(missing_names(referral)))


def with_reasons(reading: Reading) -> str:
    """Say why an institution declined, and what is possible next."""
    referral: Referral = reading.subject
    reasons = [DeclineReason(code).label for code in reading.payload.get("reasons", ())]
    why = f"（{'、'.join(reasons)}）" if reasons else "（原因未授权反馈）"
    return (
        f"{referral.institution.name}对需求 {referral.need.code} 答复不予支持{why}。"
        f"{_standing(referral.need)}“差一步”列出了可以改变的条件；需要部门协调的，请提出协调事项。"
    )


def drawdown_text(reading: Reading) -> str:
    """Say what an institution reported as drawn, and what is asked of the firm."""
    drawdown: Drawdown = reading.subject
    said = (
        f"{drawdown.referral.institution.name}就需求 {drawdown.referral.need.code} 上报"
        f"{day_text(drawdown.drawn_on)}放款 {wan(drawdown.amount_yuan)}"
    )
    if drawdown.voided_at is not None:
        return f"{said}，现已冲销，无需核对。"
    if drawdown.state != OutcomeState.REPORTED:
        return f"{said}，{OutcomeState(drawdown.state).label}。"
    return f"{said}，请核对：属实请确认，不属实请提出异议。"


def is_unreviewed(reading: Reading) -> int:
    """Tell whether a drawdown still waits for the firm's word."""
    drawdown: Drawdown = reading.subject
    return int(drawdown.state == OutcomeState.REPORTED and drawdown.voided_at is None)


def settled_text(reading: Reading) -> str:
    """Say what became of a drawdown that both sides had not agreed on."""
    drawdown: Drawdown = reading.subject
    state = reading.payload["state"]
    label = "机构已冲销" if state == VOIDED else OutcomeState(state).label
    return (
        f"{drawdown.referral.institution.name}就需求 {drawdown.referral.need.code} 上报的"
        f"{day_text(drawdown.drawn_on)}放款：{label}。"
    )


def text_of_consent(reading: Reading) -> str:
    """Say which consent ends when."""
    consent: Consent = reading.subject
    return (
        f"需求 {consent.need.code} 对{consent.institution.name}的授权于 "
        f"{day_text(consent.expires_on)}到期，到期后不再提供；需要继续的，请重新授权。"
    )


def _standing(need: Need) -> str:
    return need_sentence(need, list(need.referrals.all()))


def _next_name(referral: Referral) -> str:
    """Name the institution that an officer agreed on."""
    named = [case.next_institution.name for case in referral.cases.all() if case.next_institution]
    return named[0] if named else "下一机构"


def intent_text(reading: Reading) -> str:
    """Say who intends what with a project, as it stands now."""
    intent = reading.subject
    what = f"{intent.institution.name}对项目《{intent.project.title}》"
    if intent.dropped_at is not None:
        return f"{what}的意向已放弃。"
    asked = "" if intent.answer else "请答复是否愿意对接。"
    return f"{what}的意向现为“{intent.get_level_display()}”。{asked}"
