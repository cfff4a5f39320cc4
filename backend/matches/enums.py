"""Coded values of match runs."""

from django.db import models


class RunStatus(models.TextChoices):
    """Where a match run stands."""

    QUEUED = "queued", "等待计算"
    RUNNING = "running", "计算中"
    FINISHED = "finished", "已完成"
    CANCELLED = "cancelled", "已取消"
    FAILED = "failed", "失败"


class ChunkStatus(models.TextChoices):
    """Where one chunk of a run stands."""

    PENDING = "pending", "未完成"
    FINISHED = "finished", "已完成"
    FAILED = "failed", "失败"


ACTIVE_RUN_STATUSES = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})
