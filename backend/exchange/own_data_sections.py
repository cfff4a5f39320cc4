"""What belongs to a firm's own data, table by table and column by column.

A test compares this with the tables: whatever hangs on a firm is a section here, or stands in
`LEFT_OUT` with the reason. What institutions and departments note for themselves is theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db.models import Model

from backend.activities.models import Intent, IntentStep, Participation, Project
from backend.consents.models import Consent, Disclosure, RosterConsent
from backend.firms.models import Fact, Firm, FirmQualification, Tenancy
from backend.journal.models import Event
from backend.matches.models import MatchImpression
from backend.needs.models import NamedInstitution, Need, NeedDocument
from backend.organizations.models import Membership
from backend.partners.models import Contact
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


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table; ``owner`` leads from a row to the firm's organization.

    ``columns`` holds paths of fields and what people call them.
    """

    code: str
    title: str
    model: type[Model]
    owner: str
    columns: Mapping[str, str]


_NEED, _REFERRAL = {"need__code": "需求编号"}, {"referral__public_id": "推送编号"}
_CONSENTED = {
    "institution__name": "机构",
    "groups": "范围",
    "granted_at": "授权时间",
    "granted_by__display_name": "授权人",
    "expires_on": "有效至",
    "replaced_at": "被替代时间",
    "withdrawn_at": "撤回时间",
}

SECTIONS: Final = (
    Section(
        "firm",
        "企业",
        Firm,
        "organization",
        {
            "organization__code": "统一社会信用代码",
            "organization__name": "名称",
            "organization__region": "地区",
            "organization__created_at": "建档时间",
            "industry": "行业",
            "founded_on": "成立日期",
            "declared_stage": "申报阶段",
            "stage_override": "认定阶段",
            "stage_override_reason": "认定理由",
            "stage_overridden_at": "认定时间",
            "tech_fields": "技术领域",
            "taxpayer_rating": "纳税信用等级",
            "qualifications_known": "资质已知",
            "description": "主营业务",
            "updated_at": "更新时间",
        },
    ),
    Section(
        "people",
        "账号",
        Membership,
        "organization",
        {
            "user__username": "用户名",
            "user__display_name": "姓名",
            "user__phone": "电话",
            "user__email": "邮箱",
            "user__date_joined": "开通时间",
            "user__last_login": "最近登录",
            "rank": "级别",
            "post": "职务",
            "is_active": "有效",
            "authority_basis": "授权依据",
            "authority_reference": "授权文件",
            "authority_proved_at": "授权核验时间",
            "authority_valid_until": "授权有效至",
        },
    ),
    Section(
        "contacts",
        "联系人",
        Contact,
        "organization",
        {
            "name": "姓名",
            "post": "职务",
            "phone": "电话",
            "email": "邮箱",
            "agreed_at": "本人同意时间",
            "agreement_withdrawn_at": "撤回时间",
        },
    ),
    Section(
        "facts",
        "经营数据",
        Fact,
        "firm__organization",
        {
            "field": "项目",
            "value": "数值",
            "as_of": "数据日期",
            "fiscal_year": "所属年度",
            "audited": "已审计",
            "source": "来源",
            "evidence": "依据",
            "recorded_at": "记录时间",
        },
    ),
    Section(
        "qualifications",
        "资质",
        FirmQualification,
        "firm__organization",
        {
            "code": "资质",
            "level": "级别",
            "certificate_number": "证书编号",
            "valid_from": "有效期起",
            "valid_until": "有效期止",
            "source": "来源",
            "recorded_at": "记录时间",
        },
    ),
    Section(
        "tenancies",
        "在孵关系",
        Tenancy,
        "firm__organization",
        {
            "incubator__name": "孵化载体",
            "valid_from": "入驻",
            "valid_until": "离开",
            "consented_at": "同意代办时间",
            "progress_shared_at": "同意查看进展时间",
        },
    ),
    Section(
        "needs",
        "融资需求",
        Need,
        "firm__organization",
        {
            "code": "需求编号",
            "status": "状态",
            "financing_types": "融资方式",
            "amount_min_yuan": "金额下限（元）",
            "amount_max_yuan": "金额上限（元）",
            "term_min_months": "期限下限（月）",
            "term_max_months": "期限上限（月）",
            "max_annual_rate": "可承受年化利率",
            "collateral": "担保",
            "purposes": "用途",
            "needed_by": "最迟用款",
            "open_to_others": "可推送其他机构",
            "dossier": "融资方案",
            "description": "说明",
            "contact_name": "联系人",
            "contact_phone": "联系电话",
            "created_at": "起草时间",
            "submitted_at": "提交时间",
            "returned_at": "退回时间",
            "returned_reason": "退回原因",
            "verified_at": "核验时间",
            "expires_on": "到期日",
            "withdrawn_at": "撤回时间",
            "withdrawal_reason": "撤回原因",
        },
    ),
    Section(
        "wishes",
        "意向机构",
        NamedInstitution,
        "need__firm__organization",
        _NEED | {"institution__name": "机构", "attitude": "态度", "position": "次序"},
    ),
    Section(
        "papers",
        "需求附件",
        NeedDocument,
        "need__firm__organization",
        _NEED
        | {
            "public_id": "附件编号",
            "kind": "类别",
            "name": "文件名",
            "size": "字节数",
            "sha256": "校验值",
            "created_at": "上传时间",
        },
    ),
    Section(
        "consents",
        "授权",
        Consent,
        "need__firm__organization",
        _NEED
        | {
            "direction": "方向",
            "contact_person": "同意的联系人",
            "text__version": "授权书版本",
        }
        | _CONSENTED,
    ),
    Section(
        "roster_consents",
        "名单授权",
        RosterConsent,
        "firm__organization",
        {"purpose": "用途", "text_version": "授权书版本"} | _CONSENTED,
    ),
    Section(
        "disclosures",
        "展示记录",
        Disclosure,
        "firm__organization",
        _NEED
        | {
            "institution__name": "机构",
            "channel": "途径",
            "fields": "看到的内容",
            "shown_at": "时间",
        },
    ),
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
        _NEED
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
        _NEED
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
        _NEED
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
        _NEED
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
        _NEED
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
