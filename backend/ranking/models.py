"""A version of the learned ranking, from the moment that somebody asked for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.common.models import EditableModel
from backend.ranking.enums import FITTED, VersionStatus
from backend.ranking.querysets import ModelVersionQuerySet

_FITTED = Q(status__in=sorted(FITTED))


class ModelVersion(EditableModel):
    """A model of the platform's outcomes, or the attempt to fit one.

    It knows what was known before ``until``; ``until`` to ``period_end`` is the closed period
    on which it is compared. What was fitted is never altered (a trigger). Of those in use one
    is active at a time; without one the platform ranks by rules.
    """

    number = models.PositiveIntegerField("版本号", unique=True, editable=False)
    status = models.CharField(
        "状态", max_length=16, choices=VersionStatus, default=VersionStatus.WAITING, editable=False
    )
    # Learned from simulated outcomes: good to show how things work, never as a measured claim.
    is_demonstration = models.BooleanField("演示数据", default=False, editable=False)
    until = models.DateField("学习截止日")
    period_end = models.DateField("比较期止")
    weight = models.FloatField("学习部分权重")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("要求时间")
    woken_at = models.DateTimeField("最近唤醒时间")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    ended_at = models.DateTimeField("训练结束时间", null=True)
    failure = models.CharField("未训练原因", max_length=500, blank=True)

    content = models.BinaryField("模型文件", null=True)
    sha256 = models.CharField("文件校验值（SHA-256）", max_length=64, blank=True)
    data_fingerprint = models.CharField("数据指纹", max_length=64, blank=True)
    parameters = models.JSONField("参数", default=dict)
    metrics = models.JSONField("指标", default=dict)
    profile = models.JSONField("训练数据分布", default=dict)
    notes = models.JSONField("说明", default=list)

    compared_with = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", verbose_name="比较对象"
    )
    compared_at = models.DateTimeField("比较时间", null=True)
    comparison = models.JSONField("比较结果", default=dict)

    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    activated_at = models.DateTimeField("启用时间", null=True)
    # What was in use before it; None is the rules. Rolling back leads there.
    replaced = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", verbose_name="替换的版本"
    )
    retired_at = models.DateTimeField("停用时间", null=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status=VersionStatus.ACTIVE),
                name="model_version_one_active",
            ),
            models.CheckConstraint(
                condition=(_FITTED & Q(content__isnull=False) & ~Q(sha256=""))
                | (~_FITTED & Q(content__isnull=True, sha256="")),
                name="model_version_fitted_has_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[VersionStatus.REFUSED, VersionStatus.FAILED])
                | ~Q(failure=""),
                name="model_version_failed_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=VersionStatus.ACTIVE)
                | Q(activated_at__isnull=False, activated_by__isnull=False),
                name="model_version_active_has_a_person",
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lt=1), name="model_version_weight_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(period_end__gt=models.F("until")), name="model_version_period_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"模型第 {self.number} 版（{self.get_status_display()}）"
