"""Coded values of requests about data."""

from django.db import models


class RequestKind(models.TextChoices):
    """What a firm asks for (个人信息保护法 §§46–47)."""

    CORRECTION = "correction", "更正"
    DELETION = "deletion", "删除"


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", "待答复"
    DONE = "done", "已办理"
    REFUSED = "refused", "未予办理"
