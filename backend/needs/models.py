"""A firm's need for financing and the institutions that it names."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.common.choices import KnownCodes, choices_of
from backend.common.constraints import in_order
from backend.common.models import EditableModel, PublicModel
from backend.firms.models import Firm
from backend.needs.enums import ROUTES, Attitude, DocumentKind, NeedStatus
from backend.needs.limits import (
    AMOUNT_MAX_YUAN,
    CONTACT_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    DOCUMENT_MAX_BYTES,
    DOCUMENT_NAME_MAX_LENGTH,
    DOSSIER_MAX_LENGTH,
    PHONE_MAX_LENGTH,
    REASON_MAX_LENGTH,
    TERM_MAX_MONTHS,
)
from backend.needs.querysets import NeedDocumentQuerySet, NeedQuerySet
from backend.organizations.enums import DepartmentLevel
from backend.organizations.models import Organization
from backend.reference.models import Region
from matching.vocabulary import COLLATERAL, FINANCING_TYPES, PURPOSES

_VERIFIED = [
    NeedStatus.OPEN,
    NeedStatus.IN_REFERRAL,
    NeedStatus.FUNDED,
    NeedStatus.EXPIRED,
]
# A returned need is being mended and may lack something until it is submitted again.
_COMPLETE = [NeedStatus.SUBMITTED, *_VERIFIED]


def _codes(label: str, table: Mapping[str, str]) -> ArrayField:
    """Return a column for a list of codes: NULL is unknown, an empty list says "none"."""
    return ArrayField(
        models.CharField(max_length=32, choices=choices_of(table)),
        verbose_name=label,
        null=True,
        blank=True,
        validators=[KnownCodes(list(table))],
    )


def _range(low: str, high: str, limit: int, name: str) -> models.CheckConstraint:
    """Promise 0 <= low <= high <= limit wherever an end is given."""
    return models.CheckConstraint(
        condition=(Q(**{f"{low}__isnull": True}) | Q(**{f"{low}__range": (0, limit)}))
        & (Q(**{f"{high}__isnull": True}) | Q(**{f"{high}__range": (0, limit)}))
        & in_order(low, high),
        name=name,
    )


def _one_of(routes: Iterable[tuple[str, ...]]) -> Q:
    """Promise that the levels are one of the routes: some levels, from below upward."""
    found = Q()
    for route in routes:
        found |= Q(levels=list(route))
    return found


class Need(EditableModel):
    """What a firm wishes; None is unknown, an empty list of financing types means any."""

    firm = models.ForeignKey(
        Firm, verbose_name="企业", on_delete=models.PROTECT, related_name="needs"
    )
    code = models.CharField("编号", max_length=20, unique=True, editable=False)
    status = models.CharField(
        "状态", max_length=16, choices=NeedStatus, default=NeedStatus.DRAFT, editable=False
    )

    financing_types = _codes("融资方式", FINANCING_TYPES)
    amount_min_yuan = models.BigIntegerField("金额下限（元）", null=True, blank=True)
    amount_max_yuan = models.BigIntegerField("金额上限（元）", null=True, blank=True)
    term_min_months = models.SmallIntegerField("期限下限（月）", null=True, blank=True)
    term_max_months = models.SmallIntegerField("期限上限（月）", null=True, blank=True)
    max_annual_rate = models.DecimalField(
        "可承受年化利率", max_digits=9, decimal_places=8, null=True, blank=True
    )
    collateral = _codes("可提供的担保", COLLATERAL)
    purposes = _codes("资金用途", PURPOSES)
    needed_by = models.DateField("最迟用款日期", null=True, blank=True)
    open_to_others = models.BooleanField("可推送其他机构", default=True)
    dossier = models.CharField("融资方案", max_length=DOSSIER_MAX_LENGTH, blank=True)
    description = models.TextField("说明", max_length=DESCRIPTION_MAX_LENGTH, blank=True)
    contact_name = models.CharField("联系人", max_length=CONTACT_MAX_LENGTH, blank=True)
    contact_phone = models.CharField("联系电话", max_length=PHONE_MAX_LENGTH, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_at = models.DateTimeField("退回时间", null=True, editable=False)
    returned_reason = models.TextField("退回原因", max_length=REASON_MAX_LENGTH, blank=True)
    verified_at = models.DateTimeField("核验时间", null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    expires_on = models.DateField("过期日", null=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, editable=False)
    withdrawal_reason = models.TextField("撤回原因", max_length=REASON_MAX_LENGTH, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            _range("amount_min_yuan", "amount_max_yuan", AMOUNT_MAX_YUAN, "need_amount_range"),
            _range("term_min_months", "term_max_months", TERM_MAX_MONTHS, "need_term_range"),
            models.CheckConstraint(
                condition=Q(max_annual_rate__isnull=True) | Q(max_annual_rate__range=(0, 1)),
                name="need_rate_is_a_fraction",
            ),
            models.CheckConstraint(
                condition=Q(status__in=NeedStatus.values), name="need_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=_COMPLETE)
                | (
                    Q(submitted_at__isnull=False, needed_by__isnull=False)
                    & ~Q(contact_name="")
                    & ~Q(contact_phone="")
                ),
                name="need_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status=NeedStatus.RETURNED)
                | (
                    Q(submitted_at__isnull=False, returned_at__isnull=False)
                    & ~Q(returned_reason="")
                ),
                name="need_returned_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=_VERIFIED)
                | Q(
                    verified_at__isnull=False,
                    verified_by__isnull=False,
                    expires_on__isnull=False,
                ),
                name="need_open_is_verified",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(verified_by=F("submitted_by")),
                name="need_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status=NeedStatus.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=NeedStatus.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="need_withdrawn_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "expires_on"], name="need_status_expires"),
            models.Index(fields=["firm", "status"], name="need_firm_status"),
        ]

    def __str__(self) -> str:
        return self.code


class NamedInstitution(models.Model):
    """An institution that a need prefers, in order, or excludes; never both."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="named_institutions")
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    attitude = models.CharField("态度", max_length=16, choices=Attitude)
    position = models.PositiveSmallIntegerField("次序")

    class Meta:
        ordering = ["need", "attitude", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "institution"], name="named_institution_once_per_need"
            ),
            models.UniqueConstraint(
                fields=["need", "attitude", "position"], name="named_institution_order"
            ),
            models.CheckConstraint(
                condition=Q(attitude__in=Attitude.values), name="named_institution_attitude"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} {self.get_attitude_display()} {self.institution}"


class NeedDocument(PublicModel):
    """A paper that goes with a need, for the department's check; institutions never see it.

    The bytes lie in the database, so that a backup holds all or nothing.
    """

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField("类别", max_length=16, choices=DocumentKind)
    name = models.CharField("文件名", max_length=DOCUMENT_NAME_MAX_LENGTH)
    media_type = models.CharField("格式", max_length=40)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField("内容")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = NeedDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["need", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "sha256"], name="need_document_once"),
            models.CheckConstraint(
                condition=Q(size__range=(1, DOCUMENT_MAX_BYTES)), name="need_document_size"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VerificationRoute(models.Model):
    """Which departments a region's needs pass before they are open; the finest region counts.

    ``levels`` take part in recommending, in this order: the first one that is there recommends,
    the others verify in turn. ``direct_levels`` may verify a need without a recommendation.
    """

    region = models.OneToOneField(
        Region, verbose_name="地区", on_delete=models.PROTECT, related_name="+"
    )
    levels = ArrayField(
        models.CharField(max_length=16, choices=DepartmentLevel), verbose_name="逐级推荐的层级"
    )
    direct_levels = ArrayField(
        models.CharField(max_length=16, choices=DepartmentLevel),
        verbose_name="可直接核验的层级",
        default=list,
        blank=True,
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField("设定时间")

    class Meta:
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(condition=_one_of(ROUTES), name="verification_route_levels"),
            models.CheckConstraint(
                condition=Q(direct_levels__contained_by=DepartmentLevel.values),
                name="verification_route_direct_levels",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}: {' → '.join(self.levels)}"
