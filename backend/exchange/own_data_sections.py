"""What belongs to a firm's own data, table by table and column by column.

A test compares this with the tables: whatever hangs on a firm is a section here, or stands in
`LEFT_OUT` with the reason. What institutions and departments note for themselves is theirs.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.activities.models import Intent, IntentStep, Participation, Project
from backend.data_requests.models import DataRequest
from backend.exchange.own_data_record import OF_NEED, RECORD, Section
from backend.journal.models import Event
from backend.matches.models import MatchImpression
from backend.recommendations.models import Endorsement, Recommendation
from backend.referrals.models import (
    ApprovedLine,
    DocumentRequest,
    Drawdown,
    Matter,
    OutcomeReview,
    Referral,
    ReferralStep,
    RosterRow,
)

_REFERRAL = {"referral__public_id": "推送编号"}

_DEALINGS: Final = (
    Section(
        "rosters",
        "列入名单",
        RosterRow,
        "firm__organization",
        {
            "referral_list__number": "名单编号",
            "institution__name": "机构",
            "qualifications": "列入依据",
            "removed_at": "移出时间",
        },
    ),
    Section(
        "recommendations",
        "走访推荐",
        Recommendation,
        "need__firm__organization",
        OF_NEED
        | {
            "department__name": "推荐部门",
            "status": "状态",
            "visited_on": "走访日期",
            "submitted_at": "提交时间",
            "accepted_at": "采纳时间",
        },
    ),
    Section(
        "endorsements",
        "孵化载体推荐",
        Endorsement,
        "need__firm__organization",
        OF_NEED
        | {
            "incubator__name": "孵化载体",
            "endorsed_on": "推荐日期",
            "text": "推荐意见",
            "withdrawn_at": "撤回时间",
        },
    ),
    Section(
        "shown_matches",
        "看过的匹配结果",
        MatchImpression,
        "need__firm__organization",
        OF_NEED
        | {
            "shown_on": "日期",
            "shown_at": "时间",
            "eligible_count": "符合已公布条件的产品数",
            "catalogue_version": "产品目录版本",
            "model_version": "排序模型版本",
        },
    ),
    Section(
        "referrals",
        "推送",
        Referral,
        "need__firm__organization",
        OF_NEED
        | {
            "public_id": "推送编号",
            "institution__name": "机构",
            "product_version__name": "产品",
            "status": "状态",
            "sent_at": "推送时间",
            "answered_at": "首次答复时间",
            "ended_at": "结束时间",
        },
    ),
    Section(
        "steps",
        "办理经过",
        ReferralStep,
        "referral__need__firm__organization",
        _REFERRAL | {"step": "进展", "happened_on": "日期", "recorded_at": "记录时间"},
    ),
    Section(
        "requested_documents",
        "机构要求的材料",
        DocumentRequest,
        "referral__need__firm__organization",
        _REFERRAL | {"name": "材料", "asked_at": "要求时间", "given_at": "交齐时间"},
    ),
    Section(
        "lines",
        "批准额度",
        ApprovedLine,
        "referral__need__firm__organization",
        _REFERRAL
        | {
            "approved_on": "批准日期",
            "amount_yuan": "额度（元）",
            "term_months": "期限（月）",
            "annual_rate": "年化利率",
            "replaced_at": "被替代时间",
        },
    ),
    Section(
        "drawdowns",
        "放款",
        Drawdown,
        "referral__need__firm__organization",
        _REFERRAL
        | {
            "public_id": "放款编号",
            "drawn_on": "放款日期",
            "amount_yuan": "金额（元）",
            "annual_rate": "年化利率",
            "state": "核对情况",
            "voided_at": "作废时间",
        },
    ),
    Section(
        "reviews",
        "放款核对",
        OutcomeReview,
        "drawdown__referral__need__firm__organization",
        {
            "drawdown__public_id": "放款编号",
            "state": "结果",
            "amount_yuan": "金额（元）",
            "reviewed_at": "时间",
        },
    ),
    Section(
        "matters",
        "协调事项",
        Matter,
        "referral__need__firm__organization",
        _REFERRAL
        | {
            "raised_at": "提出时间",
            "repaired_at": "办结时间",
            "result": "结果",
        },
    ),
    Section(
        "participations",
        "参加活动",
        Participation,
        "organization",
        {
            "activity__title": "活动",
            "status": "状态",
            "title": "项目名称",
            "summary": "项目摘要",
            "applied_at": "报名时间",
            "note": "说明",
            "award": "奖项",
        },
    ),
    Section(
        "projects",
        "入库项目",
        Project,
        "need__firm__organization",
        OF_NEED
        | {
            "title": "项目名称",
            "summary": "项目摘要",
            "status": "状态",
            "notice_version": "告知书版本",
            "listed_at": "入库时间",
            "withdrawn_at": "撤下时间",
        },
    ),
    Section(
        "intents",
        "投资意向",
        Intent,
        "project__need__firm__organization",
        {
            "public_id": "意向编号",
            "project__title": "项目名称",
            "institution__name": "机构",
            "level": "进展",
            "amount_yuan": "意向金额（元）",
            "declared_at": "提出时间",
            "answer": "企业答复",
            "answer_note": "答复说明",
            "dropped_at": "放弃时间",
        },
    ),
    Section(
        "intent_steps",
        "意向经过",
        IntentStep,
        "intent__project__need__firm__organization",
        {
            "intent__public_id": "意向编号",
            "level": "进展",
            "amount_yuan": "金额（元）",
            "happened_on": "日期",
            "note": "说明",
        },
    ),
    Section(
        "data_requests",
        "更正与删除申请",
        DataRequest,
        "firm__organization",
        {
            "kind": "类别",
            "what": "内容",
            "why": "理由",
            "status": "状态",
            "requested_by__display_name": "申请人",
            "requested_at": "提出时间",
            "due_on": "答复期限",
            "answered_at": "答复时间",
            "answer": "答复",
        },
    ),
    Section(
        "events",
        "操作日志",
        Event,
        "organization_id",
        {
            "occurred_at": "时间",
            "type": "事件",
            "user__display_name": "操作人",
            "subject_type": "对象类型",
            "subject_id": "对象编号",
        },
    ),
)

SECTIONS: Final = (*RECORD, *_DEALINGS)

LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "matches.MatchRow": "packed results of a run, computed anew at any time",
        "referrals.ListRow": "the department's draft; what was sent stands in the referrals",
        "referrals.UnplacedNeed": "the department's draft",
        "referrals.Seen": "which person of an institution has read what",
        "referrals.ClockEvent": "reminders to institutions",
        "referrals.EscalationCase": "the department's dealing with an institution's silence",
        "recommendations.Visitor": "names of officers",
        "recommendations.StandardCheck": "the department's own judgement",
        "recommendations.RecommendationStep": "the departments' own procedure",
    }
)
