"""What a firm's people are told: every step, no silence."""

from backend.journal.enums import EventType
from backend.needs.enums import NeedStatus
from backend.notifications.enums import Importance, SubjectKind
from backend.notifications.messages import firm_audience as who
from backend.notifications.messages import firm_texts as says
from backend.notifications.registry import Message
from backend.referrals.enums import CaseState, OutcomeState

_NEED, _REFERRAL = SubjectKind.NEED, SubjectKind.REFERRAL

TO_FIRMS = (
    Message(
        code="firm.data_request_answered",
        events=(EventType.DATA_REQUEST_GRANTED, EventType.DATA_REQUEST_REFUSED),
        subject=SubjectKind.DATA_REQUEST,
        title="更正或删除申请已答复",
        mail_line="您有 {n} 项更正或删除申请已答复",
        tells=who.about_data_request,
        text=says.of_data_request,
        is_required=True,
    ),
    Message(
        code="firm.need_verified",
        events=(EventType.NEED_VERIFIED,),
        subject=_NEED,
        title="需求已核验",
        mail_line="您有 {n} 项需求已通过核验",
        tells=who.about_need,
        text=says.text_of_need("需求 {code} 已通过核验，进入匹配。{standing}"),
    ),
    Message(
        code="firm.need_returned",
        events=(EventType.NEED_RETURNED,),
        subject=_NEED,
        title="需求已退回",
        mail_line="您有 {n} 项需求被退回，请补充后重新提交",
        tells=who.about_need,
        text=says.text_of_need("需求 {code} 已退回：{reason}"),
        remaining=lambda reading: int(reading.subject.status == NeedStatus.RETURNED),
        importance=Importance.URGENT,
        is_required=True,
    ),
    Message(
        code="firm.need_decision_undone",
        events=(EventType.NEED_DECISION_UNDONE,),
        subject=_NEED,
        title="核验或退回已撤销",
        mail_line="您有 {n} 项需求恢复为待核验",
        tells=who.about_need,
        text=says.text_of_need("对需求 {code} 的核验或退回已被撤销，需求恢复为待核验。{standing}"),
    ),
    Message(
        code="firm.need_referred",
        events=(EventType.LIST_SENT,),
        subject=_NEED,
        title="需求已推送",
        mail_line="您的需求已推送机构 {n} 家次",
        tells=who.about_sent_needs,
        text=says.with_institutions,
    ),
    Message(
        code="firm.need_recalled",
        events=(EventType.LIST_RECALLED, EventType.SHEET_RECALLED),
        subject=_NEED,
        title="推送清单已撤回",
        mail_line="您的需求有 {n} 家次推送被撤回",
        tells=who.about_recalled_needs,
        text=says.text_of_need("科技管理部门撤回了需求 {code} 所在的清单。{standing}"),
    ),
    Message(
        code="firm.need_expiring",
        events=(EventType.NEED_EXPIRING,),
        subject=_NEED,
        title="需求即将到期",
        mail_line="您有 {n} 项需求即将到期",
        tells=who.about_need,
        text=says.text_of_need(
            "需求 {code} 的最迟用款日期是 {needed_by}，过后不再推送；如仍需要，请及时新建需求。"
        ),
        remaining=lambda reading: int(
            reading.subject.status in {NeedStatus.OPEN, NeedStatus.IN_REFERRAL}
        ),
    ),
    Message(
        code="firm.need_expired",
        events=(EventType.NEED_EXPIRED,),
        subject=_NEED,
        title="需求已到期",
        mail_line="您有 {n} 项需求已到期",
        tells=who.about_need,
        text=says.text_of_need("需求 {code} 已过最迟用款日期，不再推送；如仍需要，请新建需求。"),
    ),
    Message(
        code="firm.need_funded",
        events=(EventType.NEED_FUNDED,),
        subject=_NEED,
        title="需求已获融资",
        mail_line="您有 {n} 项需求已获融资",
        tells=who.about_need,
        text=says.text_of_need("需求 {code}：{standing}"),
    ),
    Message(
        code="firm.need_reopened",
        events=(EventType.NEED_REOPENED,),
        subject=_NEED,
        title="需求已恢复匹配",
        mail_line="您有 {n} 项需求已恢复匹配",
        tells=who.about_need,
        text=says.text_of_need(
            "需求 {code}：{standing}可在“差一步”中查看还差什么，或调整需求后等待下一次推送。"
        ),
    ),
    Message(
        code="firm.stepped",
        events=(EventType.REFERRAL_STEPPED,),
        subject=_REFERRAL,
        title="对接有新进展",
        mail_line="您的需求有 {n} 条新进展",
        tells=who.about_referral(who.is_another_step),
        text=says.with_step,
    ),
    Message(
        code="firm.approved",
        events=(EventType.REFERRAL_STEPPED,),
        subject=_REFERRAL,
        title="机构已批准",
        mail_line="您的需求有 {n} 条审批通过",
        tells=who.about_referral(who.is_decided),
        text=says.with_step,
        importance=Importance.URGENT,
    ),
    Message(
        code="firm.documents_asked",
        events=(EventType.DOCUMENTS_ASKED,),
        subject=_REFERRAL,
        title="请补充材料",
        mail_line="您有 {n} 项对接待补充材料",
        tells=who.about_referral(who.always),
        text=says.documents_text,
        remaining=says.asked_and_open,
        importance=Importance.URGENT,
        is_required=True,
    ),
    Message(
        code="firm.declined",
        events=(EventType.REFERRAL_DECLINED,),
        subject=_REFERRAL,
        title="机构答复不予支持",
        mail_line="您的需求有 {n} 条机构答复",
        tells=who.about_referral(who.always),
        text=says.with_reasons,
    ),
    Message(
        code="firm.returned",
        events=(EventType.REFERRAL_RETURNED,),
        subject=_REFERRAL,
        title="机构退回了推送",
        mail_line="您的需求有 {n} 条推送被机构退回",
        tells=who.about_referral(who.has_left_the_institution),
        text=says.text_of_referral("{institution}把需求 {code} 退回科技管理部门。{standing}"),
    ),
    Message(
        code="firm.withdrawn",
        events=(EventType.REFERRAL_WITHDRAWN,),
        subject=_REFERRAL,
        title="推送已结束",
        mail_line="您的需求有 {n} 条推送已结束",
        tells=who.about_referral(who.was_ended_by_others),
        text=says.text_of_referral("需求 {code} 在{institution}的推送已结束。{standing}"),
    ),
    Message(
        code="firm.moved_on",
        events=(EventType.ESCALATION_DECIDED,),
        subject=_REFERRAL,
        title="需求顺延至下一机构",
        mail_line="您有 {n} 项需求将顺延至下一机构",
        tells=who.is_case(CaseState.CONFIRMED),
        text=says.text_of_referral(
            "{institution}逾期未答复需求 {code}，经办人已同意顺延至{next}，待清单批准后推送。"
        ),
    ),
    Message(
        code="firm.stays",
        events=(EventType.ESCALATION_DECIDED,),
        subject=_REFERRAL,
        title="需求由原机构继续办理",
        mail_line="您有 {n} 项需求由原机构继续办理",
        tells=who.is_case(CaseState.DECLINED),
        text=says.text_of_referral(
            "{institution}逾期未答复需求 {code}，科技管理部门已过问，由该机构继续办理。"
        ),
    ),
    Message(
        code="firm.reopened",
        events=(EventType.REFERRAL_REOPENED,),
        subject=_REFERRAL,
        title="二次对接",
        mail_line="您有 {n} 项需求恢复对接",
        tells=who.about_referral(who.always),
        text=says.text_of_referral("协调事项办结，{institution}恢复办理需求 {code}（二次对接）。"),
    ),
    Message(
        code="firm.drawdown_reported",
        events=(EventType.DRAWDOWN_REPORTED,),
        subject=SubjectKind.DRAWDOWN,
        title="请核对放款",
        mail_line="您有 {n} 笔放款待核对",
        tells=who.about_drawdown(),
        text=says.drawdown_text,
        remaining=says.is_unreviewed,
        importance=Importance.URGENT,
        is_required=True,
    ),
    Message(
        code="firm.drawdown_reminded",
        events=(EventType.DRAWDOWN_REMINDED,),
        subject=SubjectKind.DRAWDOWN,
        title="再次提醒：请核对放款",
        mail_line="您有 {n} 笔放款仍待核对",
        tells=who.about_drawdown(),
        text=says.drawdown_text,
        remaining=says.is_unreviewed,
        is_required=True,
    ),
    Message(
        code="firm.drawdown_settled",
        events=(EventType.DRAWDOWN_REVIEWED,),
        subject=SubjectKind.DRAWDOWN,
        title="放款核对有结果",
        mail_line="您有 {n} 笔放款的核对有结果",
        tells=who.about_drawdown(OutcomeState.RECONCILED, OutcomeState.UNANSWERED, says.VOIDED),
        text=says.settled_text,
    ),
    Message(
        code="firm.matter_repaired",
        events=(EventType.MATTER_REPAIRED,),
        subject=SubjectKind.MATTER,
        title="协调事项已办结",
        mail_line="您有 {n} 项协调事项已办结",
        tells=who.about_matter,
        text=lambda reading: (
            f"需求 {reading.subject.referral.need.code} 的协调事项已办结：{reading.subject.result}"
        ),
    ),
    Message(
        code="firm.consent_expiring",
        events=(EventType.CONSENT_EXPIRING,),
        subject=SubjectKind.CONSENT,
        title="授权即将到期",
        mail_line="您有 {n} 项授权即将到期",
        tells=who.about_consent,
        text=says.text_of_consent,
        remaining=lambda reading: int(
            reading.subject.is_live(reading.actor.today)
            and reading.subject.need.status in {NeedStatus.OPEN, NeedStatus.IN_REFERRAL}
        ),
        is_required=True,
    ),
    Message(
        code="firm.intent",
        events=(
            EventType.INTENT_DECLARED,
            EventType.INTENT_ADVANCED,
            EventType.INTENT_DROPPED,
        ),
        subject=SubjectKind.INTENT,
        title="投资意向有进展",
        mail_line="您的项目有 {n} 条投资意向进展",
        tells=who.about_intent,
        text=says.intent_text,
    ),
)
