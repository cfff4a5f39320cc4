"""Announcements, and who has read them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.announcements.enums import AUDIENCES, AnnouncementStatus
from backend.announcements.limits import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.announcements.querysets import AnnouncementQuerySet
from backend.common.choices import KnownCodes, choices_of
from backend.common.models import EditableModel
from backend.organizations.models import Membership, Organization
from backend.reference.models import Region


class Announcement(EditableModel):
    """What a department makes known; an empty list of roles means everybody.

    It concerns the organizations of its region, those inside it, and those around it.
    """

    department = models.ForeignKey(
        Organization, verbose_name="发布部门", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField("标题", max_length=TITLE_MAX_LENGTH)
    text = models.TextField("正文", max_length=TEXT_MAX_LENGTH)
    roles = ArrayField(
        models.CharField(max_length=16, choices=choices_of(AUDIENCES)),
        verbose_name="面向",
        default=list,
        blank=True,
        validators=[KnownCodes(list(AUDIENCES))],
    )
    region = models.ForeignKey(
        Region, verbose_name="地区", on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField("展示起日")
    valid_until = models.DateField("展示止日（不含）", null=True, blank=True)
    is_pinned = models.BooleanField("置顶", default=False)
    status = models.CharField(
        "状态", max_length=16, choices=AnnouncementStatus, default=AnnouncementStatus.DRAFT
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    corrected_at = models.DateTimeField("发布后修改时间", null=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=REASON_MAX_LENGTH, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-is_pinned", "-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="announcement_period_holds_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status=AnnouncementStatus.DRAFT, published_at__isnull=True)
                | (~Q(status=AnnouncementStatus.DRAFT) & Q(published_at__isnull=False)),
                name="announcement_published_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status=AnnouncementStatus.WITHDRAWN, withdrawn_at__isnull=False)
                & ~Q(withdrawn_reason="")
                | ~Q(status=AnnouncementStatus.WITHDRAWN)
                & Q(withdrawn_at__isnull=True, withdrawn_reason=""),
                name="announcement_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Reading(models.Model):
    """A person has opened an announcement in one of their places."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="readings"
    )
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField("时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "membership"], name="announcement_read_once_per_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.announcement_id}"
