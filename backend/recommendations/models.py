"""A recommendation with its visit and its checks, what happened to it, and endorsements."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.common.models import EditableModel
from backend.needs.models import Need
from backend.organizations.enums import Agency, DepartmentLevel
from backend.organizations.models import Organization
from backend.recommendations.enums import (
    LIVE,
    ON_THE_WAY,
    EntryStandard,
    RecommendationAct,
    RecommendationStatus,
)
from backend.recommendations.querysets import EndorsementQuerySet, RecommendationQuerySet

TEXT_MAX_LENGTH = 500
NAME_MAX_LENGTH = 60

_WAITING = Q(status=RecommendationStatus.SUBMITTED)


class Recommendation(EditableModel):
    """A department's word for a need that it has visited the firm of, on its way upward.

    ``route`` are the levels that it passes, as they were configured when it was submitted; the
    department of ``awaiting_level`` has to verify it now.
    """

    need = models.ForeignKey(
        Need, verbose_name="需求", on_delete=models.PROTECT, related_name="recommendations"
    )
    department = models.ForeignKey(
        Organization, verbose_name="推荐部门", on_delete=models.PROTECT, related_name="+"
    )
    level = models.CharField("推荐层级", max_length=16, choices=DepartmentLevel)
    agency = models.CharField("所属系统", max_length=16, choices=Agency)
    status = models.CharField(
        "状态",
        max_length=16,
        choices=RecommendationStatus,
        default=RecommendationStatus.DRAFT,
        editable=False,
    )
    route = ArrayField(
        models.CharField(max_length=16, choices=DepartmentLevel),
        verbose_name="经过的层级",
        default=list,
        editable=False,
    )
    awaiting_level = models.CharField(
        "待核验层级", max_length=16, choices=DepartmentLevel, blank=True, editable=False
    )
    visited_on = models.DateField("走访日期", null=True, blank=True)
    opinion = models.CharField("推荐意见", max_length=TEXT_MAX_LENGTH, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("上报时间", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_reason = models.CharField("退回原因", max_length=TEXT_MAX_LENGTH, blank=True)
    accepted_at = models.DateTimeField("末级核验时间", null=True, editable=False)
    withdrawn_reason = models.CharField("撤回原因", max_length=TEXT_MAX_LENGTH, blank=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "department"],
                condition=Q(status__in=list(LIVE)),
                name="recommendation_once_per_department",
            ),
            models.UniqueConstraint(
                fields=["need", "agency"],
                condition=Q(status__in=list(ON_THE_WAY)),
                name="recommendation_once_per_agency",
            ),
            models.CheckConstraint(
                condition=(_WAITING & ~Q(awaiting_level="")) | (~_WAITING & Q(awaiting_level="")),
                name="recommendation_waits_for_a_level",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=list(ON_THE_WAY))
                | (
                    Q(
                        visited_on__isnull=False,
                        submitted_at__isnull=False,
                        submitted_by__isnull=False,
                    )
                    & ~Q(route=[])
                ),
                name="recommendation_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status=RecommendationStatus.ACCEPTED, accepted_at__isnull=False)
                | (~Q(status=RecommendationStatus.ACCEPTED) & Q(accepted_at__isnull=True)),
                name="recommendation_accepted_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=RecommendationStatus.RETURNED) | ~Q(returned_reason=""),
                name="recommendation_returned_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "awaiting_level"], name="recommendation_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} ← {self.department_id}（{self.get_status_display()}）"


class Visitor(models.Model):
    """A person who visited the firm, with the post held then."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="visitors"
    )
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("姓名", max_length=NAME_MAX_LENGTH)
    post = models.CharField("职务", max_length=NAME_MAX_LENGTH)

    class Meta:
        ordering = ["recommendation", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "position"], name="visitor_position_unique"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(post=""), name="visitor_has_name_and_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.post}）"


class StandardCheck(models.Model):
    """One standard of entry, whether the firm meets it, and what was looked at."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="checks"
    )
    standard = models.CharField("准入标准", max_length=24, choices=EntryStandard)
    is_met = models.BooleanField("符合")
    basis = models.CharField("依据", max_length=TEXT_MAX_LENGTH)

    class Meta:
        ordering = ["recommendation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "standard"], name="standard_checked_once"
            ),
            models.CheckConstraint(
                condition=Q(standard__in=EntryStandard.values), name="standard_is_known"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="standard_has_a_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.get_standard_display()}：{'是' if self.is_met else '否'}"


class RecommendationStep(models.Model):
    """One thing that happened on the way; never altered (a trigger sees to it)."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, related_name="steps"
    )
    act = models.CharField("动作", max_length=16, choices=RecommendationAct)
    department = models.ForeignKey(
        Organization,
        verbose_name="部门",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    level = models.CharField("层级", max_length=16, choices=DepartmentLevel, blank=True)
    note = models.CharField("说明", max_length=TEXT_MAX_LENGTH, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField("时间")

    class Meta:
        ordering = ["recommendation", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act=RecommendationAct.RETURNED) | ~Q(note=""),
                name="recommendation_return_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation_id} {self.get_act_display()}"


class Endorsement(EditableModel):
    """An incubator's word for the need of a tenant; one of them stands per need and incubator."""

    need = models.ForeignKey(
        Need, verbose_name="需求", on_delete=models.PROTECT, related_name="endorsements"
    )
    incubator = models.ForeignKey(
        Organization, verbose_name="孵化载体", on_delete=models.PROTECT, related_name="endorsements"
    )
    endorsed_on = models.DateField("推荐日期")
    person = models.CharField("推荐人", max_length=NAME_MAX_LENGTH)
    text = models.CharField("推荐意见", max_length=TEXT_MAX_LENGTH)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField("撤回原因", max_length=TEXT_MAX_LENGTH, blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "incubator"],
                condition=Q(withdrawn_at__isnull=True),
                name="endorsement_one_stands",
            ),
            models.CheckConstraint(
                condition=~Q(person="") & ~Q(text=""), name="endorsement_says_who_and_why"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="endorsement_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incubator_id} → {self.need_id}"
