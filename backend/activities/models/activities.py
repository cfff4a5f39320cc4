"""Activities, and who takes part in them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.activities.enums import ActivityKind, ActivityStatus, Part, ParticipationStatus
from backend.activities.limits import (
    AWARD_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    MOST_PLACES,
    NOTE_MAX_LENGTH,
    PLACE_MAX_LENGTH,
    SUMMARY_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.activities.querysets import ActivityQuerySet, ParticipationQuerySet
from backend.common.models import EditableModel
from backend.firms.models import Firm
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.reference.models import Region

_PRESENT = Q(status__in=[ParticipationStatus.ATTENDED, ParticipationStatus.ABSENT])


class Activity(EditableModel):
    """Something that a department or an incubator holds; both days are included.

    ``capacity`` counts entrants and is None where there is room for all. ``partners`` names
    co-organizers that are not on the platform.
    """

    kind = models.CharField("类别", max_length=16, choices=ActivityKind)
    title = models.CharField("名称", max_length=TITLE_MAX_LENGTH)
    status = models.CharField(
        "状态",
        max_length=16,
        choices=ActivityStatus,
        default=ActivityStatus.DRAFT,
        editable=False,
    )
    host = models.ForeignKey(
        Organization, verbose_name="主办单位", on_delete=models.PROTECT, related_name="hosted"
    )
    co_organizers = models.ManyToManyField(
        Organization, verbose_name="协办单位", blank=True, related_name="+"
    )
    partners = models.CharField("其他协办单位", max_length=NOTE_MAX_LENGTH, blank=True)
    region = models.ForeignKey(
        Region,
        verbose_name="地区",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    place = models.CharField("地点", max_length=PLACE_MAX_LENGTH, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期（含）")
    apply_until = models.DateField("报名截止日（含）", null=True, blank=True)
    capacity = models.PositiveIntegerField("企业名额", null=True, blank=True)
    description = models.TextField("说明", max_length=DESCRIPTION_MAX_LENGTH, blank=True)
    announced_at = models.DateTimeField("发布时间", null=True, editable=False)
    held_at = models.DateTimeField("登记举办时间", null=True, editable=False)
    summary = models.TextField("举办情况", max_length=SUMMARY_MAX_LENGTH, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, editable=False)
    cancel_reason = models.CharField("取消原因", max_length=NOTE_MAX_LENGTH, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="activity_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__range=(1, MOST_PLACES)),
                name="activity_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ActivityStatus.ANNOUNCED, ActivityStatus.HELD])
                | Q(announced_at__isnull=False),
                name="activity_announced_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=ActivityStatus.HELD, held_at__isnull=False)
                | (~Q(status=ActivityStatus.HELD) & Q(held_at__isnull=True)),
                name="activity_held_has_a_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=ActivityStatus.CANCELLED, cancelled_at__isnull=False)
                    & ~Q(cancel_reason="")
                )
                | (~Q(status=ActivityStatus.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="activity_cancelled_says_why",
            ),
        ]
        indexes = [models.Index(fields=["status", "-starts_on"], name="activity_status_day")]

    def __str__(self) -> str:
        return self.title


class Participation(EditableModel):
    """Somebody's place in an activity; a firm's organization or an institution's unit.

    An award is a text as the contest gives it, "一等奖"; it becomes the firm's qualification.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField("身份", max_length=16, choices=Part)
    status = models.CharField("状态", max_length=16, choices=ParticipationStatus, editable=False)
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="participations"
    )
    firm = models.ForeignKey(
        Firm, null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    title = models.CharField("项目名称", max_length=TITLE_MAX_LENGTH, blank=True)
    summary = models.TextField("项目摘要", max_length=SUMMARY_MAX_LENGTH, blank=True)
    applied_at = models.DateTimeField("报名时间")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    applied_for = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    note = models.CharField("说明", max_length=NOTE_MAX_LENGTH, blank=True)
    recorded_at = models.DateTimeField("到场登记时间", null=True, editable=False)
    award = models.CharField("奖项", max_length=AWARD_MAX_LENGTH, blank=True)
    awarded_at = models.DateTimeField("奖项登记时间", null=True, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "organization"],
                condition=~Q(status=ParticipationStatus.WITHDRAWN),
                name="participation_once_per_activity",
            ),
            models.CheckConstraint(
                condition=Q(part=Part.ENTRANT, firm__isnull=False)
                | (~Q(part=Part.ENTRANT) & Q(firm__isnull=True, need__isnull=True)),
                name="participation_entrants_are_firms",
            ),
            models.CheckConstraint(
                condition=(_PRESENT & Q(recorded_at__isnull=False))
                | (~_PRESENT & Q(recorded_at__isnull=True)),
                name="participation_presence_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(award="", awarded_at__isnull=True)
                | (
                    ~Q(award="")
                    & Q(
                        awarded_at__isnull=False,
                        part=Part.ENTRANT,
                        status=ParticipationStatus.ATTENDED,
                    )
                ),
                name="participation_award_of_an_entrant",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-applied_at"], name="participation_of")]

    def __str__(self) -> str:
        return f"{self.organization_id} @ {self.activity_id} ({self.get_status_display()})"
