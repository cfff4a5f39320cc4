"""Coded values of firms."""

from django.db import models


class FactSource(models.TextChoices):
    """Where a fact comes from; `SOURCE_WEIGHT` says which one counts on the same day."""

    DECLARED = "declared", "企业自行申报"
    DOCUMENT = "document", "证明材料"
    DEPARTMENT = "department", "科技管理部门"


SOURCE_WEIGHT = {
    FactSource.DECLARED: 1,
    FactSource.DOCUMENT: 2,
    FactSource.DEPARTMENT: 3,
}


class Standing(models.TextChoices):
    """Whether a qualification is held on a day."""

    HELD = "held", "有效"
    AHEAD = "ahead", "未生效"
    OVER = "over", "已过期"


class RosterKind(models.TextChoices):
    """Lists that departments publish or keep, imported as facts."""

    TECH_SME = "tech_sme", "科技型中小企业名单"
    HIGH_TECH = "high_tech", "高新技术企业名单"
    SRDI = "srdi", "专精特新名单"
    CONTEST_AWARD = "contest_award", "创新创业大赛获奖名单"
    TENANTS = "tenants", "在孵企业名单"


class EvaluationKind(models.TextChoices):
    """What third parties evaluate; ratings of credit are none of it."""

    INNOVATION_SCORE = "innovation_score", "企业创新积分"
    IP_VALUATION = "ip_valuation", "知识产权价值评估"
    TECHNOLOGY_APPRAISAL = "technology_appraisal", "科技成果评价"


class EvaluationSource(models.TextChoices):
    """Who handed an evaluation in; the evaluator's own list passes through a department."""

    FIRM = "firm", "企业自行登记"
    DEPARTMENT = "department", "科技管理部门"
    EVALUATOR = "evaluator", "评价机构提供的名单"
