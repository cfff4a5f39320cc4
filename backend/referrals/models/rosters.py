"""Firms with a qualification on a list, each for one institution, without any need."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.common.choices import KnownCodes, choices_of
from backend.common.models import PublicModel
from backend.firms.models import Firm
from backend.organizations.models import Organization
from backend.referrals.limits import REASON_MAX_LENGTH
from backend.referrals.models.lists import ReferralList
from backend.referrals.querysets import RosterRowQuerySet
from matching.vocabulary import QUALIFICATIONS


class RosterRow(PublicModel):
    """A firm that a roster names to one institution, with the qualifications it stands there for.

    ``removed_at`` takes it off before sending; it stays as a trace. Once the list was sent nothing
    changes (a trigger).
    """

    referral_list = models.ForeignKey(
        ReferralList, on_delete=models.CASCADE, related_name="roster_rows"
    )
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="roster_rows")
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="roster_rows"
    )
    qualifications = ArrayField(
        models.CharField(max_length=32, choices=choices_of(QUALIFICATIONS)),
        verbose_name="列入依据的资质",
        validators=[KnownCodes(list(QUALIFICATIONS))],
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_reason = models.CharField("加入理由", max_length=REASON_MAX_LENGTH, blank=True)
    removed_at = models.DateTimeField("剔除时间", null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_reason = models.CharField("剔除理由", max_length=REASON_MAX_LENGTH, blank=True)

    objects = RosterRowQuerySet.as_manager()

    class Meta:
        ordering = ["referral_list", "institution", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral_list", "firm", "institution"],
                condition=Q(removed_at__isnull=True),
                name="roster_row_once_per_institution",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_reason="")
                | (Q(removed_at__isnull=False) & ~Q(removed_reason="")),
                name="roster_row_removed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_list_id}: {self.firm_id} → {self.institution_id}"
