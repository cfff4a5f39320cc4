"""What a department's people are told."""

from backend.catalogue.models import Policy, Product
from backend.data_requests.enums import RequestStatus
from backend.journal.enums import EventType
from backend.needs.enums import NeedStatus
from backend.notifications.enums import Importance, SubjectKind
from backend.notifications.messages import department_audience as who
from backend.notifications.messages import department_texts as says
from backend.notifications.messages.common import (
    need_label,
)
from backend.notifications.registry import Message
from backend.referrals.enums import Escalation, ListStatus, OutcomeState

_REFERRAL, _LIST = SubjectKind.REFERRAL, SubjectKind.LIST
_URGENT = Importance.URGENT

TO_DEPARTMENTS = (
    Message(
        code="department.data_request_opened",
        events=(EventType.DATA_REQUEST_OPENED,),
        subject=SubjectKind.DATA_REQUEST,
        title="更正或删除申请待答复",
        mail_line="您有 {n} 项更正或删除申请待答复",
        tells=who.to_answerers,
        text=says.of_data_request,
        remaining=lambda reading: int(reading.subject.status == RequestStatus.OPEN),
        is_required=True,
    ),
    Message(
        code="department.need_submitted",
        events=(EventType.NEED_SUBMITTED,),
        subject=SubjectKind.NEED,
        title="需求待核验",
        mail_line="您有 {n} 项需求待核验",
        tells=who.to_the_nearest,
        text=lambda reading: (
            f"{need_label(reading, reading.subject)}已提交，"
            f"现状态：{reading.subject.get_status_display()}。"
        ),
        remaining=lambda reading: int(reading.subject.status == NeedStatus.SUBMITTED),
    ),
    Message(
        code="department.list_to_sign",
        events=(EventType.LIST_SUBMITTED, EventType.LIST_SIGNED),
        subject=_LIST,
        title="清单待签批",
        mail_line="您有 {n} 份清单待签批",
        tells=who.to_signers,
        text=says.list_text("清单 {number}《{title}》送您签批，现状态：{status}。"),
        remaining=says.is_to_sign,
        importance=_URGENT,
    ),
    Message(
        code="department.list_approved",
        events=(EventType.LIST_SIGNED,),
        subject=_LIST,
        title="清单已批准",
        mail_line="您有 {n} 份清单已批准，可以发送",
        tells=who.to_drafter(ListStatus.APPROVED),
        text=says.list_text("清单 {number}《{title}》已批准，可以编文号发送，现状态：{status}。"),
        remaining=lambda reading: int(reading.subject.status == ListStatus.APPROVED),
        importance=_URGENT,
    ),
    Message(
        code="department.list_refused",
        events=(EventType.LIST_REFUSED,),
        subject=_LIST,
        title="清单被退回修改",
        mail_line="您有 {n} 份清单被退回修改",
        tells=who.to_drafter(ListStatus.DRAFT),
        text=says.list_text("清单 {number}《{title}》被退回修改，退回意见见签批记录。"),
        remaining=lambda reading: int(reading.subject.status == ListStatus.DRAFT),
        importance=_URGENT,
    ),
    Message(
        code="department.sheet_returned",
        events=(EventType.SHEET_RETURNED,),
        subject=SubjectKind.SHEET,
        title="机构回执已读入",
        mail_line="收到 {n} 份机构回执",
        tells=who.to_sender,
        text=lambda reading: (
            f"{reading.subject.institution.name}的回执已读入"
            f"（第 {reading.subject.version} 份清单），"
            f"尚有 {reading.subject.waiting_count} 条未答复。"
        ),
    ),
    Message(
        code="department.breach",
        events=(EventType.CLOCK_ESCALATED,),
        subject=_REFERRAL,
        title="机构办理逾期",
        mail_line="有 {n} 条推送机构办理逾期",
        tells=who.about_referral(who.is_level(Escalation.DEPARTMENT)),
        text=says.of_referral("{institution}对{need}的“{clock}”应于 {due}前办理，已逾期，请督办。"),
        remaining=says.is_silent,
        is_required=True,
    ),
    Message(
        code="department.proposal",
        events=(EventType.CLOCK_ESCALATED,),
        subject=_REFERRAL,
        title="建议顺延下一机构",
        mail_line="有 {n} 条顺延建议待处理",
        tells=who.about_referral(who.is_level(Escalation.PROPOSED_NEXT)),
        text=says.of_referral("{institution}一直未答复{need}，建议顺延下一机构，请决定。"),
        remaining=says.is_silent,
        importance=_URGENT,
        is_required=True,
    ),
    Message(
        code="department.referral_returned",
        events=(EventType.REFERRAL_RETURNED,),
        subject=_REFERRAL,
        title="机构退回推送",
        mail_line="有 {n} 条推送被机构退回",
        tells=who.about_referral(lambda event: "from" not in event.payload),
        text=says.of_referral("{institution}退回了{need}的推送。"),
    ),
    Message(
        code="department.outcome_contested",
        events=(EventType.DRAWDOWN_REVIEWED,),
        subject=SubjectKind.DRAWDOWN,
        title="企业对放款有异议",
        mail_line="有 {n} 笔放款存在异议，待核实",
        tells=who.about_contested,
        text=lambda reading: (
            f"{need_label(reading, reading.subject.referral.need)}对"
            f"{reading.subject.referral.institution.name}上报的放款提出异议，请核实。"
        ),
        remaining=lambda reading: int(reading.subject.state == OutcomeState.CONTESTED),
        importance=_URGENT,
    ),
    Message(
        code="department.matter_raised",
        events=(EventType.MATTER_RAISED,),
        subject=SubjectKind.MATTER,
        title="有新的协调事项",
        mail_line="您有 {n} 项协调事项待办理",
        tells=who.about_matter,
        text=lambda reading: (
            f"{need_label(reading, reading.subject.referral.need)}：{reading.subject.text}"
        ),
        remaining=lambda reading: int(reading.subject.repaired_at is None),
    ),
    Message(
        code="department.matter_assigned",
        events=(EventType.MATTER_CHANGED,),
        subject=SubjectKind.MATTER,
        title="请牵头协调事项",
        mail_line="您有 {n} 项协调事项由本单位牵头",
        tells=who.to_agency,
        text=lambda reading: (
            f"请牵头办理协调事项：{reading.subject.text}"
            + (f"，期限 {reading.subject.due_on}" if reading.subject.due_on else "")
        ),
        remaining=lambda reading: int(reading.subject.repaired_at is None),
    ),
    Message(
        code="department.product_published",
        events=(EventType.PRODUCT_PUBLISHED,),
        subject=SubjectKind.PRODUCT,
        title="机构发布产品",
        mail_line="合作机构发布了 {n} 个产品版本",
        tells=who.to_partners_of(Product),
        text=lambda reading: (
            f"{reading.subject.institution.name}发布了产品"
            f"“{reading.subject.current_version.name}”，可查看新增符合的需求并起草补充清单。"
        ),
    ),
    Message(
        code="department.policy_published",
        events=(EventType.POLICY_PUBLISHED,),
        subject=SubjectKind.POLICY,
        title="机构发布优惠政策",
        mail_line="合作机构发布了 {n} 项优惠政策",
        tells=who.to_partners_of(Policy),
        text=lambda reading: (
            f"{reading.subject.institution.name}发布了优惠政策“{reading.subject.title}”。"
        ),
    ),
    Message(
        code="department.agreement_expiring",
        events=(EventType.AGREEMENT_EXPIRING,),
        subject=SubjectKind.AGREEMENT,
        title="合作协议即将到期",
        mail_line="您有 {n} 份合作协议即将到期",
        tells=who.to_contact,
        text=lambda reading: (
            f"与{reading.subject.institution.name}的合作协议 {reading.subject.document_number} 于 "
            f"{reading.subject.valid_until} 到期（不含当日），到期后不能再推送，请安排续签。"
        ),
        remaining=lambda reading: int(reading.subject.is_live(reading.actor.today)),
        is_required=True,
    ),
)
