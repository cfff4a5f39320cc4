"""A firm's own data, the first part: its record, its needs, and what it consented to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Model

from backend.consents.models import Consent, Disclosure, RosterConsent
from backend.firms.models import (
    Fact,
    Firm,
    FirmEvaluation,
    FirmQualification,
    FirmTraits,
    Tenancy,
)
from backend.needs.models import NamedInstitution, Need, NeedDocument
from backend.organizations.models import Membership
from backend.partners.models import Contact


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


OF_NEED: Final = {"need__code": "需求编号"}
_CONSENTED = {
    "institution__name": "机构",
    "groups": "范围",
    "granted_at": "授权时间",
    "granted_by__display_name": "授权人",
    "expires_on": "有效至",
    "replaced_at": "被替代时间",
    "withdrawn_at": "撤回时间",
}

RECORD: Final = (
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
        "traits",
        "地区、行业和阶段的变化",
        FirmTraits,
        "firm__organization",
        {
            "region": "地区",
            "industry": "行业",
            "stage": "阶段",
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
        "evaluations",
        "第三方评价",
        FirmEvaluation,
        "firm__organization",
        {
            "kind": "评价类别",
            "evaluator": "评价机构",
            "evaluator_uscc": "评价机构统一社会信用代码",
            "evaluated_on": "评价日期",
            "valid_until": "有效期止",
            "score": "得分",
            "scale": "满分",
            "value_yuan": "评估价值（元）",
            "patents": "评估专利数",
            "grade": "评价等级",
            "document_number": "报告编号",
            "source": "来源",
            "recorded_at": "记录时间",
            "retracted_at": "撤销时间",
            "retracted_reason": "撤销原因",
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
        OF_NEED | {"institution__name": "机构", "attitude": "态度", "position": "次序"},
    ),
    Section(
        "papers",
        "需求附件",
        NeedDocument,
        "need__firm__organization",
        OF_NEED
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
        OF_NEED
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
        OF_NEED
        | {
            "institution__name": "机构",
            "channel": "途径",
            "fields": "看到的内容",
            "shown_at": "时间",
        },
    ),
)
