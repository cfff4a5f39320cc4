"""Coded values of needs."""

from itertools import combinations

from django.db import models

from backend.organizations.enums import DepartmentLevel


class NeedStatus(models.TextChoices):
    """Where a need stands between its firm, the department and the institutions."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待核验"
    RETURNED = "returned", "已退回"
    OPEN = "open", "已核验"
    IN_REFERRAL = "in_referral", "对接中"
    FUNDED = "funded", "已获融资"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已过期"


class Attitude(models.TextChoices):
    """What a firm says of an institution that its need names."""

    PREFERRED = "preferred", "优先对接"
    EXCLUDED = "excluded", "不对接"


_UPWARD = tuple(level.value for level in reversed(DepartmentLevel))
# Every way upward that a region may have: county → city → province, or some of them.
ROUTES = tuple(
    route for length in range(1, len(_UPWARD) + 1) for route in combinations(_UPWARD, length)
)


class DocumentKind(models.TextChoices):
    """What a paper of a need is."""

    PLAN = "plan", "商业计划书"
    ACCOUNTS = "accounts", "财务报表"
    CERTIFICATE = "certificate", "资质或知识产权证书"
    CONTRACT = "contract", "合同或订单"
    OTHER = "other", "其他材料"
