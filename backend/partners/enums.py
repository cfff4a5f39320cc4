"""Coded values of partners."""

from django.db import models


class AgreementStatus(models.TextChoices):
    """What an agreement is on a day; only a live one lets anything be sent."""

    UNSIGNED = "unsigned", "待签订"
    FUTURE = "future", "未生效"
    LIVE = "live", "有效"
    EXPIRED = "expired", "已到期"
    ENDED = "ended", "已终止"
