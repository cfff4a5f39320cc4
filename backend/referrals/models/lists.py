"""A list from its draft to the sheets that institutions were sent."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.catalogue.models import Policy, ProductVersion
from backend.common.models import EditableModel, PublicModel
from backend.matches.models import MatchRun
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.referrals.enums import ListKind, ListStatus, RowOrigin, UnplacedReason
from backend.referrals.limits import LARGEST_FAN_OUT, REASON_MAX_LENGTH, SUMMARY_MAX_LENGTH
from backend.referrals.models.reassessments import Reassessment
from backend.referrals.querysets import ListRowQuerySet, ReferralListQuerySet


class ReferralList(EditableModel):
    """What a department sends to its partners at one time.

    Once sent nothing about it changes (a trigger sees to it) save the recall.
    """

    department = models.ForeignKey(
        Organization, verbose_name="部门", on_delete=models.PROTECT, related_name="referral_lists"
    )
    number = models.CharField("编号", max_length=24, unique=True, editable=False)
    kind = models.CharField("类别", max_length=8, choices=ListKind, default=ListKind.NEEDS)
    status = models.CharField(
        "状态", max_length=16, choices=ListStatus, default=ListStatus.DRAFT, editable=False
    )
    title = models.CharField("标题", max_length=200)
    match_run = models.ForeignKey(
        MatchRun, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    per_need = models.PositiveSmallIntegerField("每项需求推送机构数", default=3)
    # The round of signatures that is under way, or the last one; any edit ends it.
    approval_round = models.PositiveSmallIntegerField("审批轮次", default=0, editable=False)
    document_number = models.CharField("文号", max_length=80, blank=True)
    basis = models.CharField("授权依据", max_length=300, blank=True)
    answer_by = models.DateField("反馈截止日", null=True, blank=True)
    supplements = models.ForeignKey(
        "self",
        verbose_name="补充自",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supplements_made",
    )
    product_version = models.ForeignKey(
        ProductVersion,
        verbose_name="引起补充的产品版本",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    policy = models.ForeignKey(
        Policy,
        verbose_name="引起补充的优惠政策",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The platform drafted it after this change of the catalogue; nobody else did.
    reassessment = models.ForeignKey(
        Reassessment, null=True, blank=True, on_delete=models.PROTECT, related_name="lists"
    )
    # Against which version of the product the needs were gained; 0 is "before there was one".
    gained_since = models.PositiveIntegerField("比较的产品版本", null=True, blank=True)
    summary = models.CharField("起草说明", max_length=SUMMARY_MAX_LENGTH, blank=True)
    # What a roster was drawn by: qualifications, region, day.
    roster_criteria = models.JSONField("名单条件", null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField("发送时间", null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recalled_at = models.DateTimeField("撤回时间", null=True, editable=False)
    recall_reason = models.CharField("撤回原因", max_length=REASON_MAX_LENGTH, blank=True)

    objects = ReferralListQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "reassessment"], name="referral_list_once_per_reassessment"
            ),
            models.CheckConstraint(
                condition=Q(per_need__gte=1, per_need__lte=LARGEST_FAN_OUT),
                name="referral_list_per_need",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ListStatus.SENT, ListStatus.RECALLED])
                | (
                    Q(sent_at__isnull=False, sent_by__isnull=False, answer_by__isnull=False)
                    & ~Q(document_number="")
                    & ~Q(basis="")
                ),
                name="referral_list_sent_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status=ListStatus.RECALLED, recalled_at__isnull=False)
                & ~Q(recall_reason="")
                | ~Q(status=ListStatus.RECALLED) & Q(recalled_at__isnull=True),
                name="referral_list_recalled_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_automatic(self) -> bool:
        """The platform drafted it by itself."""
        return self.reassessment_id is not None


class ListRow(PublicModel):
    """A need that a list sends to one institution, with the product that is meant.

    ``removed_at`` takes it off before sending; it stays as a trace of what was proposed.
    """

    referral_list = models.ForeignKey(ReferralList, on_delete=models.CASCADE, related_name="rows")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="list_rows")
    need_revision = models.PositiveIntegerField("需求版本")
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="list_rows"
    )
    product_version = models.ForeignKey(
        ProductVersion, verbose_name="拟对接产品", on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField("来源", max_length=16, choices=RowOrigin)
    is_eligible = models.BooleanField("符合已公布条件")
    # What was shown to the department when the row was drafted; institutions never see it.
    score = models.FloatField("匹配分值")
    position = models.PositiveSmallIntegerField("在需求匹配结果中的位次")
    # It stood beside the ranking, drawn with this chance, when somebody chose it.
    exploration_propensity = models.FloatField("作为参考机构抽出的概率", null=True)
    model_version = models.CharField("排序模型版本", max_length=120)
    catalogue_version = models.BigIntegerField("产品目录版本")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_reason = models.CharField("加入理由", max_length=REASON_MAX_LENGTH, blank=True)
    removed_at = models.DateTimeField("剔除时间", null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_reason = models.CharField("剔除理由", max_length=REASON_MAX_LENGTH, blank=True)

    objects = ListRowQuerySet.as_manager()

    class Meta:
        ordering = ["referral_list", "institution", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral_list", "need", "institution"],
                condition=Q(removed_at__isnull=True),
                name="list_row_once_per_institution",
            ),
            models.CheckConstraint(
                condition=Q(origin=RowOrigin.ALLOCATION) | ~Q(added_reason=""),
                name="list_row_added_says_why",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_reason="")
                | (Q(removed_at__isnull=False) & ~Q(removed_reason="")),
                name="list_row_removed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(exploration_propensity__isnull=True)
                | Q(exploration_propensity__gt=0, exploration_propensity__lte=1),
                name="list_row_propensity_is_a_chance",
            ),
        ]
        indexes = [models.Index(fields=["need", "institution"], name="list_row_pair")]

    def __str__(self) -> str:
        return f"{self.referral_list_id}: {self.need_id} → {self.institution_id}"


class UnplacedNeed(models.Model):
    """A need that a draft could not place, kept with it: why, and which institutions it is about.

    ``institutions`` are codes: the full ones, the excluded ones, or those without an agreement.
    """

    referral_list = models.ForeignKey(
        ReferralList, on_delete=models.CASCADE, related_name="unplaced"
    )
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("原因", max_length=16, choices=UnplacedReason)
    institutions = ArrayField(models.CharField(max_length=64), verbose_name="涉及机构")

    class Meta:
        ordering = ["referral_list", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral_list", "need"], name="unplaced_need_once")
        ]

    def __str__(self) -> str:
        return f"{self.referral_list_id}: {self.need_id} {self.reason}"
