"""Who signs a list before it may be sent, and the signatures."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.organizations.enums import Rank
from backend.organizations.models import Organization
from backend.referrals.enums import ApprovalPost
from backend.referrals.limits import REASON_MAX_LENGTH
from backend.referrals.models.lists import ReferralList

SHA256_LENGTH = 64
TITLE_MAX_LENGTH = 60


class ApprovalSeat(models.Model):
    """One post of a department's chain and who may sign for it; without any the default holds.

    An empty ``rank`` or ``title`` asks nothing; a title is the 职务 of the membership.
    """

    department = models.ForeignKey(
        Organization, verbose_name="部门", on_delete=models.CASCADE, related_name="approval_seats"
    )
    position = models.PositiveSmallIntegerField("次序")
    post = models.CharField("岗位", max_length=16, choices=ApprovalPost)
    rank = models.CharField("职级", max_length=16, choices=Rank, blank=True)
    title = models.CharField("职务", max_length=TITLE_MAX_LENGTH, blank=True)

    class Meta:
        ordering = ["department", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "position"], name="approval_seat_position_unique"
            ),
            models.UniqueConstraint(
                fields=["department", "post"], name="approval_seat_once_per_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.position} {self.post}"


class ListApproval(models.Model):
    """One signature of the chain; a refusal sends the list back to its draft."""

    referral_list = models.ForeignKey(
        ReferralList, on_delete=models.CASCADE, related_name="approvals"
    )
    round = models.PositiveSmallIntegerField("轮次")
    post = models.CharField("岗位", max_length=16, choices=ApprovalPost)
    is_granted = models.BooleanField("同意")
    note = models.CharField("意见", max_length=REASON_MAX_LENGTH, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField("时间")
    content_sha256 = models.CharField("所签内容摘要", max_length=SHA256_LENGTH)

    class Meta:
        ordering = ["referral_list", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral_list", "round", "post"], name="list_approval_once_per_post"
            ),
            # Whoever signs for one post signs for no other.
            models.UniqueConstraint(
                fields=["referral_list", "round", "signed_by"], name="list_approval_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(is_granted=True) | ~Q(note=""), name="list_approval_refusal_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_list_id} {self.post}"
