"""What in the catalogue calls for ranking the open needs anew, and that it was done once."""

from django.db import models
from django.db.models import Q

from backend.catalogue.models import Policy, Product, ProductVersion
from backend.common.models import PublicModel
from backend.referrals.enums import ReassessmentCause
from backend.referrals.querysets import ReassessmentQuerySet


class Reassessment(PublicModel):
    """One event of the catalogue after which the open needs are compared anew.

    ``event_id`` is the journal's, so that an event told twice is one row. ``is_overtaken`` says
    that the version was out of force before anything was drafted for it; what it gained is then
    drafted with the version after it.
    """

    event_id = models.UUIDField("事件", unique=True)
    cause = models.CharField("起因", max_length=24, choices=ReassessmentCause)
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    product_version = models.ForeignKey(
        ProductVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField("完成时间", null=True)
    is_overtaken = models.BooleanField("已被后续版本取代", default=False)

    objects = ReassessmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, policy__isnull=True)
                | Q(product__isnull=True, product_version__isnull=True, policy__isnull=False),
                name="reassessment_of_a_product_or_a_policy",
            )
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="reassessment_pending",
                condition=Q(done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.event_id}"
