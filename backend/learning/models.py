"""Outcomes from before the platform, or simulated for a demonstration."""

from django.db import models
from django.db.models import F, Q

from backend.catalogue.models import Product
from backend.learning.enums import OutcomeResult


class PastResult(models.Model):
    """One need of the past at one product, with what was known of it; never altered (a trigger).

    It names no firm: ``firm_key`` only tells firms apart. Simulated ones are marked and are
    learned from by demonstrations alone.
    """

    source = models.CharField("来源", max_length=60)
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
                fields=["source", "need_code", "product"], name="past_result_once"
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
