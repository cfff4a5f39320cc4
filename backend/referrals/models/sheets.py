"""What each institution was sent of a list, and what was recalled of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.common.models import PublicModel
from backend.organizations.models import Organization
from backend.partners.models import Agreement
from backend.referrals.limits import REASON_MAX_LENGTH
from backend.referrals.models.lists import ReferralList
from backend.referrals.querysets import SheetQuerySet


class Sheet(PublicModel):
    """What one institution was sent of a list, in canonical form; never altered.

    ``changes`` maps the code of each need to what it is against ``previous``, the last sheet of
    this department to this institution that was not recalled.
    """

    referral_list = models.ForeignKey(ReferralList, on_delete=models.PROTECT, related_name="sheets")
    department = models.ForeignKey(
        Organization, verbose_name="部门", on_delete=models.PROTECT, related_name="sheets_sent"
    )
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="sheets"
    )
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("版本")
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers"
    )
    content = models.BinaryField("规范格式内容")
    digest_algorithm = models.CharField("摘要算法", max_length=16, default="sha256")
    digest = models.CharField("摘要", max_length=128)
    changes = models.JSONField("与上一份的差异")
    sent_at = models.DateTimeField("发送时间")

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["institution", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral_list", "institution"], name="sheet_once_per_institution"
            ),
            models.UniqueConstraint(
                fields=["department", "institution", "version"], name="sheet_version_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_list_id} → {self.institution_id} v{self.version}"


class SheetRecall(models.Model):
    """The recall of one institution's sheet; a list is recalled when all of its sheets are."""

    sheet = models.OneToOneField(Sheet, on_delete=models.PROTECT, related_name="recall")
    reason = models.CharField("撤回原因", max_length=REASON_MAX_LENGTH)
    recalled_at = models.DateTimeField("撤回时间")
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="sheet_recall_says_why")
        ]

    def __str__(self) -> str:
        return f"recall of {self.sheet_id}"
