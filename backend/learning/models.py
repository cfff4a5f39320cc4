"""Outcomes from before the platform, or simulated for a demonstration."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.catalogue.models import Product
from backend.common.models import EditableModel
from backend.learning.enums import OutcomeResult
from backend.learning.querysets import PastSourceQuerySet

SOURCE_MAX_LENGTH = 60


class PastSource(EditableModel):
    """Where imported outcomes come from; taken back as a whole, its rows stay and teach nothing.

    A name that was taken back may be used anew: that is another source.
    """

    name = models.CharField("来源", max_length=SOURCE_MAX_LENGTH)
    # Of the file that came last; the journal names each.
    file_name = models.CharField("文件名", max_length=200)
    file_digest = models.CharField("文件摘要（SHA-256）", max_length=64)
    row_count = models.PositiveIntegerField("结果条数", default=0)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    imported_at = models.DateTimeField("最近导入时间")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = PastSourceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(withdrawn_at__isnull=True),
                name="past_source_name_in_use_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PastResult(models.Model):
    """One need of the past at one product, with what was known of it; never altered (a trigger).

    It names no firm: ``firm_key`` only tells firms apart (see ``firm_keys``). Simulated ones
    are marked and are learned from by demonstrations alone.
    """

    source = models.CharField("来源", max_length=SOURCE_MAX_LENGTH)
    # None of simulated outcomes, which no file brought.
    origin = models.ForeignKey(
        PastSource, null=True, on_delete=models.PROTECT, related_name="results"
    )
    need_code = models.CharField("需求编号", max_length=40)
    firm_key = models.CharField("企业标识", max_length=40)
    ranked_on = models.DateField("排序日期")
    stage = models.CharField("阶段", max_length=16, blank=True)
    industry = models.CharField("行业代码", max_length=8, blank=True)
    region = models.CharField("地区代码", max_length=6, blank=True)
    amount_yuan = models.BigIntegerField("金额", null=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    result = models.CharField("结果", max_length=16, choices=OutcomeResult)
    known_on = models.DateField("得知结果的日期")
    position = models.PositiveIntegerField("名次", null=True)
    is_demonstration = models.BooleanField("演示数据", default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "need_code", "product"],
                condition=Q(origin__isnull=True),
                name="past_result_once",
            ),
            models.UniqueConstraint(
                fields=["origin", "need_code", "product"], name="past_result_once_in_its_source"
            ),
            models.CheckConstraint(
                condition=Q(origin__isnull=True) | Q(is_demonstration=False),
                name="past_result_imported_is_no_demonstration",
            ),
            models.CheckConstraint(
                condition=Q(known_on__gte=F("ranked_on")), name="past_result_after_its_need"
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__gte=1),
                name="past_result_position_from_one",
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True) | Q(amount_yuan__gte=0),
                name="past_result_amount_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["is_demonstration", "ranked_on"], name="past_result_day")]

    def __str__(self) -> str:
        return f"{self.need_code} → {self.product_id}（{self.get_result_display()}）"
