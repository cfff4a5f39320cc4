"""A list from its draft to the sheets that institutions were sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.catalogue.models import ProductVersion
from backend.common.models import EditableModel, PublicModel
from backend.matches.models import MatchRun
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.partners.models import Agreement
from backend.referrals.enums import ApprovalPost, ListKind, ListStatus, RowOrigin
from backend.referrals.querysets import ReferralListQuerySet

SHA256_LENGTH = 64
REASON_MAX_LENGTH = 300


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
            models.CheckConstraint(
                condition=Q(per_need__gte=1, per_need__lte=20), name="referral_list_per_need"
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
    model_version = models.CharField("排序模型版本", max_length=64)
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
        ]
        indexes = [models.Index(fields=["need", "institution"], name="list_row_pair")]

    def __str__(self) -> str:
        return f"{self.referral_list_id}: {self.need_id} → {self.institution_id}"


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


class Sheet(PublicModel):
    """What one institution was sent of a list, in canonical form; never altered.

    ``changes`` maps the position of each row to what it is against the last sheet.
    """

    referral_list = models.ForeignKey(ReferralList, on_delete=models.PROTECT, related_name="sheets")
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="sheets"
    )
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("版本")
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next"
    )
    content = models.BinaryField("规范格式内容")
    digest_algorithm = models.CharField("摘要算法", max_length=16, default="sha256")
    digest = models.CharField("摘要", max_length=128)
    changes = models.JSONField("与上一份的差异")
    sent_at = models.DateTimeField("发送时间")

    class Meta:
        ordering = ["institution", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral_list", "institution"], name="sheet_once_per_institution"
            ),
            models.UniqueConstraint(fields=["institution", "version"], name="sheet_version_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_list_id} → {self.institution_id} v{self.version}"
