"""Coded values of lists, referrals and outcomes."""

from django.db import models

from matching.vocabulary import UNPLACED_REASONS


class ListKind(models.TextChoices):
    """What a list holds."""

    NEEDS = "needs", "需求清单"
    ROSTER = "roster", "企业名单"


class ListStatus(models.TextChoices):
    """Where a list stands."""

    DRAFT = "draft", "起草中"
    IN_APPROVAL = "in_approval", "审批中"
    APPROVED = "approved", "已批准"
    SENT = "sent", "已发送"
    RECALLED = "recalled", "已撤回"
    DISCARDED = "discarded", "已作废"


class ApprovalPost(models.TextChoices):
    """Who signs, in the order of the chain that a department configures."""

    HANDLER = "handler", "经办人"
    DIVISION_HEAD = "division_head", "处长"
    LEADER = "leader", "分管领导"


class RowOrigin(models.TextChoices):
    """Why a row stands on a list."""

    ALLOCATION = "allocation", "系统分配"
    OFFICER = "officer", "人工加入"
    SUPPLEMENT = "supplement", "产品变更补充"
    NEXT_CHOICE = "next_choice", "顺延下一机构"


class UnplacedReason(models.TextChoices):
    """Why a need of a draft has no institution; the library's reasons and the platform's own."""

    NO_CANDIDATE = "no_candidate", UNPLACED_REASONS["no_candidate"]
    ONLY_NAMED = "only_named", UNPLACED_REASONS["only_named"]
    ALL_EXCLUDED = "all_excluded", UNPLACED_REASONS["all_excluded"]
    CAPACITY = "capacity", UNPLACED_REASONS["capacity"]
    NO_AGREEMENT = "no_agreement", "有符合条件的产品，但其机构均无有效合作协议"
    NO_CONSENT = "no_consent", "不向其他机构开放，且未授权任何符合条件的机构"


class Obstacle(models.TextChoices):
    """Why a need may not be sent to an institution, or falls out of a list before it is sent."""

    NEED_NOT_OPEN = "need_not_open", "需求已撤回、已过期、已获融资或正在其他机构对接"
    NO_AGREEMENT = "no_agreement", "与该机构没有有效的合作协议"
    CONSENT_ENDED = "consent_ended", "企业对该机构的授权已撤回或已到期"
    NO_CONSENT = "no_consent", "需求不向其他机构开放，且企业未授权该机构"
    EXCLUDED = "excluded", "企业不希望与该机构对接"
    AT_WORK = "at_work", "该机构正在办理此需求"
    DECLINED = "declined", "该机构已不予支持或退回此需求"
    PRODUCT_CLOSED = "product_closed", "拟对接产品已下架"


class ChangeKind(models.TextChoices):
    """What a row is against the last list that the institution was sent."""

    NEW = "new", "新增"
    CHANGED = "changed", "变更"
    SAME = "same", "延续"
    WITHDRAWN = "withdrawn", "撤回"


class ReferralStatus(models.TextChoices):
    """Where a referral stands, alike for every family of products; `tracks` has the steps."""

    SENT = "sent", "已推送"
    ACKNOWLEDGED = "acknowledged", "已受理"
    IN_CONTACT = "in_contact", "对接中"
    APPROVED = "approved", "已批准"
    FUNDED = "funded", "已投放"
    CONFIRMED = "confirmed", "已确认"
    DECLINED = "declined", "不予支持"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已失效"


ENDED = frozenset(
    {
        ReferralStatus.CONFIRMED,
        ReferralStatus.DECLINED,
        ReferralStatus.RETURNED,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.EXPIRED,
    }
)


class Step(models.TextChoices):
    """What happens to a referral; each family of products has its own track of them."""

    ACKNOWLEDGED = "acknowledged", "受理"
    CONTACTED = "contacted", "首次联系"
    VISITED = "visited", "实地走访"
    DOCUMENTS_COMPLETE = "documents_complete", "材料齐全"
    APPROVED = "approved", "审批通过"
    DRAWN = "drawn", "放款"
    READ = "read", "已阅读"
    MET = "met", "已约谈"
    PROJECT_APPROVED = "project_approved", "立项"
    DUE_DILIGENCE = "due_diligence", "尽职调查"
    TERM_SHEET = "term_sheet", "投资条款书"
    COMMITTEE_PASSED = "committee_passed", "投决会通过"
    SIGNED = "signed", "签约"
    CLOSED = "closed", "交割"
    QUOTED = "quoted", "报价"
    INSURED = "insured", "出单"
    GUARANTEE_ISSUED = "guarantee_issued", "出具保函"
    GRANTED = "granted", "批复"
    PAID = "paid", "拨付"
    DECLINED = "declined", "不予支持"
    RETURNED = "returned", "退回"
    ASSIGNED = "assigned", "指派"
    DOCUMENTS_ASKED = "documents_asked", "要求补充材料"
    DOCUMENTS_GIVEN = "documents_given", "材料已补充"
    WITHDRAWN = "withdrawn", "撤回"
    EXPIRED = "expired", "失效"
    RECALL_ASKED = "recall_asked", "部门请求撤回"
    CONFIRMED = "confirmed", "企业确认"
    CONTESTED = "contested", "企业提出异议"
    RECONCILED = "reconciled", "部门核实"
    ANSWERED = "answered", "已答复"
    REOPENED = "reopened", "二次对接"
    SENT_UP = "sent_up", "退回上级机构"
    OFFER_NAMED = "offer_named", "说明实际产品或替代方案"


class DeclineReason(models.TextChoices):
    """Coded reasons of a decline; none of them speaks of a credit report."""

    OUT_OF_SCOPE = "out_of_scope", "不符合产品范围"
    AMOUNT = "amount", "金额不匹配"
    TERM = "term", "期限不匹配"
    RATE = "rate", "价格未达成一致"
    REGION = "region", "不在服务区域"
    STAGE = "stage", "企业阶段不匹配"
    INDUSTRY = "industry", "行业限制"
    QUALIFICATION = "qualification", "资质条件不具备"
    FIRM_AGE = "firm_age", "成立时间不满足"
    FIGURES = "figures", "经营指标不满足"
    COLLATERAL = "collateral", "担保条件未达成"
    DOCUMENTS = "documents", "材料不齐"
    QUOTA = "quota", "额度不足"
    DUPLICATE = "duplicate", "已在本机构办理"
    UNREACHABLE = "unreachable", "无法联系企业"
    FIRM_DECLINED = "firm_declined", "企业无意向"
    BANK_INTERNAL = "bank_internal", "机构内部政策"


class OutcomeState(models.TextChoices):
    """How far an outcome that an institution reported is agreed."""

    REPORTED = "reported", "机构已报"
    CONFIRMED = "confirmed", "企业已确认"
    CONTESTED = "contested", "企业有异议"
    UNANSWERED = "unanswered", "企业未答复"
    RECONCILED = "reconciled", "部门已核实"


class Renewal(models.TextChoices):
    """Whether a drawdown is new money."""

    NEW = "new", "新增"
    RENEWED = "renewed", "续贷"


class ClockKind(models.TextChoices):
    """The clocks of a referral."""

    ACKNOWLEDGE = "acknowledge", "受理"
    CONTACT = "contact", "首次联系"
    DECIDE = "decide", "审批答复"
    READ = "read", "阅读"
    ANSWER = "answer", "首次答复"
    APPROVE_PROMISE = "approve_promise", "绿色通道审批承诺"
    DISBURSE_PROMISE = "disburse_promise", "绿色通道投放承诺"


class Escalation(models.TextChoices):
    """Who was told that a clock runs out or has run out."""

    REMINDER = "reminder", "到期前提醒"
    SECOND_CONTACT = "second_contact", "提醒第二联系人"
    DEPARTMENT = "department", "提请部门"
    PROPOSED_NEXT = "proposed_next", "建议顺延下一机构"


class CaseState(models.TextChoices):
    """What became of a silence that the department was told of."""

    TOLD = "told", "已提请部门"
    PROPOSED = "proposed", "建议顺延下一机构"
    CONFIRMED = "confirmed", "已同意顺延"
    DECLINED = "declined", "不予顺延"
    ANSWERED = "answered", "机构已答复"
    ENDED = "ended", "推送已结束"


OPEN_CASES = frozenset({CaseState.TOLD, CaseState.PROPOSED})


class ReassessmentCause(models.TextChoices):
    """What in the catalogue calls for comparing the open needs anew."""

    PRODUCT_PUBLISHED = "product_published", "产品发布新版本"
    PRODUCT_CLOSED = "product_closed", "产品下架"
    POLICY_PUBLISHED = "policy_published", "优惠政策发布"
    POLICY_WITHDRAWN = "policy_withdrawn", "优惠政策撤下"
