"""What an institution's people are told of its referrals, agreements and endpoints."""

from backend.journal.enums import EventType
from backend.notifications.enums import Importance, SubjectKind
from backend.notifications.messages import institution_audience as who
from backend.notifications.messages import institution_texts as says
from backend.notifications.messages.common import (
    need_label,
)
from backend.notifications.registry import Message
from backend.referrals.enums import Escalation, Step

_REFERRAL, _SHEET = SubjectKind.REFERRAL, SubjectKind.SHEET
_URGENT = Importance.URGENT

TO_INSTITUTIONS = (
    Message(
        code="institution.list_received",
        events=(EventType.LIST_SENT,),
        subject=_SHEET,
        title="收到需求清单",
        mail_line="您有 {n} 条推送待受理",
        tells=who.to_addressed,
        text=says.sheet_text,
        remaining=lambda reading: reading.subject.waiting_count,
        importance=_URGENT,
        is_required=True,
    ),
    Message(
        code="institution.list_recalled",
        events=(EventType.LIST_RECALLED, EventType.SHEET_RECALLED),
        subject=_SHEET,
        title="需求清单已撤回",
        mail_line="有 {n} 份需求清单被撤回，请停止办理未受理的需求",
        tells=who.to_addressed_once,
        text=lambda reading: (
            f"需求清单（{reading.subject.referral_list.document_number}）已由部门撤回："
            f"{reading.payload['reason']}。未受理的不再办理，办理中的请退回。"
        ),
        importance=_URGENT,
        is_required=True,
    ),
    Message(
        code="institution.assigned",
        events=(EventType.REFERRAL_ASSIGNED,),
        subject=_REFERRAL,
        title="推送已指派给您",
        mail_line="您有 {n} 条新指派的推送",
        tells=who.to_workers(),
        text=says.of_referral("{need}已指派至{unit}{until}。"),
        remaining=lambda reading: int(reading.subject.ended_at is None),
        importance=_URGENT,
    ),
    Message(
        code="institution.sent_up",
        events=(EventType.REFERRAL_RETURNED,),
        subject=_REFERRAL,
        title="下级机构退回推送",
        mail_line="您有 {n} 条推送被下级机构退回，请另行指派",
        tells=who.to_workers(who.by_the_unit),
        text=says.of_referral("下级机构退回了{need}，现由{unit}承办，请另行指派或办理{until}。"),
        remaining=lambda reading: int(reading.subject.ended_at is None),
        importance=_URGENT,
    ),
    Message(
        code="institution.withdrawn",
        events=(EventType.REFERRAL_WITHDRAWN,),
        subject=_REFERRAL,
        title="推送已撤回",
        mail_line="有 {n} 条推送已撤回，请停止办理",
        tells=who.to_workers(who.by_itself),
        text=says.of_referral("{need}的推送已撤回或失效，请停止办理，并停止使用其资料。"),
        importance=_URGENT,
        is_required=True,
    ),
    Message(
        code="institution.documents_given",
        events=(EventType.DOCUMENTS_GIVEN,),
        subject=_REFERRAL,
        title="企业已补充材料",
        mail_line="有 {n} 项需求已补充材料",
        tells=who.to_workers(lambda event: event.payload["step"] == Step.DOCUMENTS_GIVEN),
        text=says.of_referral("{need}已补充材料{until}。"),
        remaining=lambda reading: int(reading.subject.ended_at is None),
    ),
    Message(
        code="institution.reminder",
        events=(EventType.CLOCK_ESCALATED,),
        subject=_REFERRAL,
        title="办理时限将到",
        mail_line="您有 {n} 条推送即将到期",
        tells=who.to_called(Escalation.REMINDER),
        text=says.clock_text,
        remaining=says.still_due,
        is_required=True,
    ),
    Message(
        code="institution.second_contact",
        events=(EventType.CLOCK_ESCALATED,),
        subject=_REFERRAL,
        title="办理已逾期",
        mail_line="您有 {n} 条推送已逾期",
        tells=who.to_called(Escalation.SECOND_CONTACT),
        text=says.clock_text,
        remaining=says.still_due,
        importance=_URGENT,
        is_required=True,
    ),
    Message(
        code="institution.reopened",
        events=(EventType.REFERRAL_REOPENED,),
        subject=_REFERRAL,
        title="二次对接",
        mail_line="您有 {n} 条推送恢复办理",
        tells=who.to_workers(),
        text=says.of_referral("协调事项办结，{need}恢复办理（二次对接）{until}。"),
        remaining=lambda reading: int(reading.subject.ended_at is None),
        importance=_URGENT,
    ),
    Message(
        code="institution.drawdown_reviewed",
        events=(EventType.DRAWDOWN_REVIEWED,),
        subject=SubjectKind.DRAWDOWN,
        title="放款核对有结果",
        mail_line="您上报的 {n} 笔放款的核对有结果",
        tells=who.to_reporters,
        text=says.review_text,
    ),
    Message(
        code="institution.matter_repaired",
        events=(EventType.MATTER_REPAIRED,),
        subject=SubjectKind.MATTER,
        title="协调事项已办结",
        mail_line="您有 {n} 项协调事项已办结",
        tells=who.to_those_of_matter,
        text=lambda reading: (
            f"{need_label(reading, reading.subject.referral.need)}的协调事项已办结，请查看结果。"
        ),
    ),
    Message(
        code="institution.intent_answered",
        events=(EventType.INTENT_ANSWERED,),
        subject=SubjectKind.INTENT,
        title="企业已答复投资意向",
        mail_line="企业答复了您的 {n} 条投资意向",
        tells=who.to_those_of_intent,
        text=lambda reading: (
            f"企业对项目《{reading.subject.project.title}》的意向答复："
            f"{reading.subject.get_answer_display() or '已更改'}。"
        ),
    ),
    Message(
        code="institution.agreement_expiring",
        events=(EventType.AGREEMENT_EXPIRING,),
        subject=SubjectKind.AGREEMENT,
        title="合作协议即将到期",
        mail_line="您有 {n} 份合作协议即将到期",
        tells=who.to_contact,
        text=lambda reading: (
            f"合作协议 {reading.subject.document_number} 于 "
            f"{reading.subject.valid_until} 到期（不含当日），到期后不再收到推送，请联系部门续签。"
        ),
        remaining=lambda reading: int(reading.subject.is_live(reading.actor.today)),
        is_required=True,
    ),
    Message(
        code="institution.endpoint_failing",
        events=(EventType.WEBHOOK_FAILING,),
        subject=SubjectKind.ENDPOINT,
        title="推送端点持续失败",
        mail_line="您有 {n} 个推送端点持续失败",
        tells=who.to_managers,
        text=lambda _: "贵单位的推送端点多次投递失败，消息未送达。请检查系统，恢复后可重发。",
        importance=_URGENT,
    ),
    Message(
        code="institution.endpoint_disabled",
        events=(EventType.WEBHOOK_DISABLED,),
        subject=SubjectKind.ENDPOINT,
        title="推送端点已停用",
        mail_line="您有 {n} 个推送端点已停用",
        tells=who.to_managers,
        text=lambda _: "贵单位的推送端点已停用，停用期间的消息暂存，启用后可重发。",
        importance=_URGENT,
    ),
)
