"""Coded values of ranking models."""

from django.db import models


class VersionStatus(models.TextChoices):
    """Where a version stands."""

    WAITING = "waiting", "等待训练"
    REFUSED = "refused", "结果不足，未训练"
    FAILED = "failed", "训练失败"
    TRAINED = "trained", "已训练"
    ACTIVE = "active", "使用中"
    RETIRED = "retired", "已停用"


# Versions that carry a model.
FITTED = frozenset({VersionStatus.TRAINED, VersionStatus.ACTIVE, VersionStatus.RETIRED})
