"""Coded values of recommendations."""

from django.db import models


class EntryStandard(models.TextChoices):
    """What a firm has to be before it is recommended: the five standards of entry.

    Source: 国家金融监督管理总局、国家发展改革委《关于建立支持小微企业融资协调工作机制的通知》
    (金发〔2024〕32号, October 2024): counties visit firms and recommend those that meet all five.
    """

    COMPLIANT_OPERATION = "compliant_operation", "合规持续经营"
    FIXED_PREMISES = "fixed_premises", "有固定经营场所"
    REAL_DEMAND = "real_demand", "有真实融资需求"
    GOOD_CREDIT = "good_credit", "信用状况良好"
    LAWFUL_USE = "lawful_use", "贷款用途依法合规"


class RecommendationStatus(models.TextChoices):
    """Where a recommendation stands between the department that visited and the last level."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "逐级核验中"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已核验待推送"
    WITHDRAWN = "withdrawn", "已撤回"


# Of these a need has one per agency.
ON_THE_WAY = (RecommendationStatus.SUBMITTED, RecommendationStatus.ACCEPTED)
# Of these a need has one per department.
LIVE = (RecommendationStatus.DRAFT, RecommendationStatus.RETURNED, *ON_THE_WAY)


class RecommendationAct(models.TextChoices):
    """What happened to a recommendation, and at which level."""

    SUBMITTED = "submitted", "上报"
    PASSED = "passed", "核验通过，报上一级"
    ACCEPTED = "accepted", "核验通过，可以推送"
    RETURNED = "returned", "退回"
    WITHDRAWN = "withdrawn", "撤回"
