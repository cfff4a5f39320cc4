"""Coded values of filed figures."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db import models


class PeriodKind(models.TextChoices):
    """How long an aggregate's period is; it begins with a calendar's."""

    MONTH = "month", "月"
    QUARTER = "quarter", "季"
    YEAR = "year", "年"


MONTHS_OF: Final[Mapping[PeriodKind, int]] = MappingProxyType(
    {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
)


class Unit(models.TextChoices):
    """What is counted; amounts are whole yuan. There is no percentage without its counts."""

    FIRMS = "firms", "户"
    REFERRALS = "referrals", "户次"
    PIECES = "pieces", "个"
    HOUSES = "houses", "家"
    TIMES = "times", "次"
    LOANS = "loans", "笔"
    COPIES = "copies", "份"
    ITEMS = "items", "项"
    PEOPLE = "people", "人"
    YUAN = "yuan", "元"


class Measure(models.TextChoices):
    """What an indicator measures, so that it stands beside what other sources say of it."""

    INFORMATION_GIVEN = "information_given", "提供企业信息"
    FIRMS_RECOMMENDED = "firms_recommended", "推荐企业（项目）"
    FIRMS_FUNDED = "firms_funded", "获得资金支持的企业（项目）"
    AMOUNT_FUNDED = "amount_funded", "获得资金支持的金额"
    TECH_FIRMS_FUNDED = "tech_firms_funded", "获得资金支持的科技型企业（项目）"
    TECH_AMOUNT_FUNDED = "tech_amount_funded", "科技型企业（项目）获得资金支持的金额"
    BALANCE = "balance", "贷款余额"
    JOINT_ACTIVITIES = "joint_activities", "联合举办活动"
    SEED_FUNDS = "seed_funds", "设立创业种子资金的孵化载体"
    OTHER = "other", "其他"


AMOUNTS: Final = frozenset({Measure.AMOUNT_FUNDED, Measure.TECH_AMOUNT_FUNDED, Measure.BALANCE})
