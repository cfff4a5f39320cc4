"""The project library, and what investors intend."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.activities.enums import FirmAnswer, IntentLevel, ProjectStatus
from backend.activities.limits import (
    AMOUNT_MAX_YUAN,
    NOTE_MAX_LENGTH,
    SUMMARY_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.activities.models.activities import Activity
from backend.activities.querysets import IntentQuerySet, ProjectQuerySet
from backend.common.models import EditableModel, PublicModel
from backend.needs.models import Need
from backend.organizations.models import Organization

_STATING = [IntentLevel.COMMITTED, IntentLevel.INVESTED]


class Project(EditableModel):
    """A need as investors meet it: a title and a summary that name nobody.

    Everything else that they see comes from the need, by the policy on disclosures.
    """

    need = models.OneToOneField(
        Need, verbose_name="需求", on_delete=models.PROTECT, related_name="project"
    )
    status = models.CharField(
        "状态", max_length=16, choices=ProjectStatus, default=ProjectStatus.DRAFT, editable=False
    )
    title = models.CharField("项目名称", max_length=TITLE_MAX_LENGTH)
    summary = models.TextField("项目摘要", max_length=SUMMARY_MAX_LENGTH)
    activity = models.ForeignKey(
        Activity,
        verbose_name="来源活动",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    notice_version = models.CharField("入库告知书版本", max_length=32, blank=True)
    first_listed_at = models.DateTimeField("首次入库时间", null=True, editable=False)
    listed_at = models.DateTimeField("入库时间", null=True, editable=False)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField("撤下时间", null=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ProjectStatus.LISTED)
                | (
                    Q(
                        first_listed_at__isnull=False,
                        listed_at__isnull=False,
                        listed_by__isnull=False,
                    )
                    & ~Q(notice_version="")
                    & ~Q(summary="")
                ),
                name="project_listed_by_the_firm",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProjectStatus.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="project_withdrawn_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "-listed_at"], name="project_listed")]

    def __str__(self) -> str:
        return self.title


class Intent(EditableModel):
    """An institution's interest in a project, as far as it has come; no drawdown, ever.

    ``amount_yuan`` is what the institution last named at the level reached. What was said on the
    way stands in the steps.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="intents")
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="intents"
    )
    activity = models.ForeignKey(
        Activity,
        verbose_name="结识于活动",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="intents",
    )
    level = models.CharField("进展", max_length=16, choices=IntentLevel, editable=False)
    amount_yuan = models.BigIntegerField("意向金额（元）", null=True, editable=False)
    declared_at = models.DateTimeField("提出时间")
    answer = models.CharField("企业答复", max_length=16, choices=FirmAnswer, blank=True)
    answer_note = models.CharField("答复说明", max_length=NOTE_MAX_LENGTH, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)
    dropped_at = models.DateTimeField("放弃时间", null=True, editable=False)
    drop_note = models.CharField("放弃说明", max_length=NOTE_MAX_LENGTH, blank=True)

    objects = IntentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "institution"],
                condition=Q(dropped_at__isnull=True),
                name="intent_one_standing_per_institution",
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True) | Q(amount_yuan__range=(1, AMOUNT_MAX_YUAN)),
                name="intent_amount_range",
            ),
            models.CheckConstraint(
                condition=~Q(level__in=_STATING) | Q(amount_yuan__isnull=False),
                name="intent_committed_names_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="intent_answer_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(dropped_at__gte=F("declared_at")),
                name="intent_dropped_after_declared",
            ),
        ]
        indexes = [models.Index(fields=["institution", "-declared_at"], name="intent_of")]

    def __str__(self) -> str:
        return f"{self.institution_id} → {self.project_id} ({self.get_level_display()})"


class IntentStep(PublicModel):
    """A level that an intent reached, or reached again with other figures; never altered.

    The last one at a level counts. ``is_told`` and ``is_amount_told`` say what the firm let pass
    to the department when it was recorded: figures drawn later print the same.
    """

    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="steps")
    level = models.CharField("进展", max_length=16, choices=IntentLevel)
    amount_yuan = models.BigIntegerField("金额（元）", null=True)
    happened_on = models.DateField("发生日期")
    note = models.CharField("说明", max_length=NOTE_MAX_LENGTH, blank=True)
    recorded_at = models.DateTimeField("记录时间")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_told = models.BooleanField("进展已授权反馈")
    is_amount_told = models.BooleanField("金额已授权反馈")

    class Meta:
        ordering = ["intent", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_told=True) | Q(is_amount_told=False),
                name="intent_step_amount_goes_with_progress",
            )
        ]
        indexes = [models.Index(fields=["recorded_at"], name="intent_step_recorded")]

    def __str__(self) -> str:
        return f"{self.intent_id} {self.level}"
