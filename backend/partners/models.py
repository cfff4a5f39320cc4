"""Contact persons, and the agreements that referrals rest on."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.common.constraints import PERIOD_HOLDS_A_DAY
from backend.common.models import EditableModel
from backend.organizations.models import Organization
from backend.partners.enums import AgreementStatus
from backend.partners.querysets import AgreementQuerySet, ContactQuerySet

# 浙江贷款码“135”: accepted within 1 working day, first contact within 3, decision within 5.
ACKNOWLEDGE_WORKDAYS = 1
CONTACT_WORKDAYS = 3
DECIDE_WORKDAYS = 5
LONGEST_CLOCK = 250


class Contact(EditableModel):
    """A person whom the other side calls; named to others only with their own consent.

    While a person is absent (both days included), ``covered_by`` is called in their place.
    """

    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="contacts"
    )
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("职务", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=40)
    email = models.EmailField("邮箱", max_length=254, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_active = models.BooleanField("在岗", default=True)
    absent_from = models.DateField("不在岗起", null=True, blank=True)
    absent_until = models.DateField("不在岗止（含）", null=True, blank=True)
    covered_by = models.ForeignKey(
        "self",
        verbose_name="代理人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="covers",
    )
    notice_version = models.CharField("告知书版本", max_length=32, blank=True)
    agreed_at = models.DateTimeField("同意公开联系方式的时间", null=True, blank=True)
    agreement_evidence = models.CharField("本人同意的凭据", max_length=200, blank=True)
    agreement_withdrawn_at = models.DateTimeField("撤回同意的时间", null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(absent_from__isnull=True, absent_until__isnull=True)
                | Q(
                    absent_from__isnull=False,
                    absent_until__isnull=False,
                    absent_from__lte=F("absent_until"),
                ),
                name="contact_absence_is_a_period",
            ),
            models.CheckConstraint(
                condition=Q(covered_by__isnull=True) | ~Q(covered_by=F("id")),
                name="contact_covered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | ~Q(notice_version=""),
                name="contact_agreed_to_a_notice",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(phone=""), name="contact_can_be_called"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.organization}）"

    @property
    def is_nameable(self) -> bool:
        """Tell whether the person is in office and has agreed to be named to the other side."""
        return self.is_active and self.agreed_at is not None and self.agreement_withdrawn_at is None

    def is_absent(self, day: date) -> bool:
        """Tell whether the person is away on a day."""
        return (
            self.absent_from is not None
            and self.absent_until is not None
            and self.absent_from <= day <= self.absent_until
        )


def _workdays(label: str, default: int | None) -> models.PositiveSmallIntegerField:
    """Return a column for the working days of a clock; NULL is no clock."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, default=default)


class Agreement(EditableModel):
    """What a department and an institution agreed on: who answers, and how soon.

    ``valid_until`` is excluded. Clocks count working days; the two of equity have no decision.
    """

    department = models.ForeignKey(
        Organization,
        verbose_name="科技管理部门",
        on_delete=models.PROTECT,
        related_name="concluded",
    )
    institution = models.ForeignKey(
        Organization, verbose_name="金融机构", on_delete=models.PROTECT, related_name="agreements"
    )
    document_number = models.CharField("协议文号", max_length=80)
    title = models.CharField("协议名称", max_length=200)
    sponsor = models.CharField("牵头领导", max_length=60, blank=True)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    valid_from = models.DateField("生效日期")
    valid_until = models.DateField("到期日期（不含）")

    department_unit = models.CharField("部门责任处室", max_length=100)
    department_contact = models.ForeignKey(
        Contact, verbose_name="部门联系人", on_delete=models.PROTECT, related_name="+"
    )
    institution_unit = models.CharField("机构责任部门", max_length=100)
    institution_contact = models.ForeignKey(
        Contact, verbose_name="机构联系人", on_delete=models.PROTECT, related_name="+"
    )
    second_contact = models.ForeignKey(
        Contact,
        verbose_name="机构第二联系人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    acknowledge_workdays = _workdays("受理时限（工作日）", ACKNOWLEDGE_WORKDAYS)
    contact_workdays = _workdays("首次联系时限（工作日）", CONTACT_WORKDAYS)
    decide_workdays = _workdays("审批答复时限（工作日）", DECIDE_WORKDAYS)
    read_workdays = _workdays("股权类阅读时限（工作日）", CONTACT_WORKDAYS)
    answer_workdays = _workdays("股权类首次答复时限（工作日）", DECIDE_WORKDAYS)

    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_reason = models.CharField("终止原因", max_length=300, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "document_number"], name="agreement_document_number_unique"
            ),
            models.CheckConstraint(condition=PERIOD_HOLDS_A_DAY, name="agreement_holds_a_day"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
                name="agreement_ended_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(document_number="") & ~Q(title=""), name="agreement_is_named"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{clock}_workdays__isnull": True})
                    | Q(**{f"{clock}_workdays__range": (1, LONGEST_CLOCK)}),
                    name=f"agreement_{clock}_clock_in_range",
                )
                for clock in ("acknowledge", "contact", "decide", "read", "answer")
            ),
        ]

    def __str__(self) -> str:
        return self.document_number

    def is_live(self, day: date) -> bool:
        """Tell whether the agreement holds on a day."""
        return self.status_on(day) is AgreementStatus.LIVE

    def status_on(self, day: date) -> AgreementStatus:
        """Return what the agreement is on a day."""
        if self.ended_at is not None:
            return AgreementStatus.ENDED
        if day >= self.valid_until:
            return AgreementStatus.EXPIRED
        if self.signed_on is None:
            return AgreementStatus.UNSIGNED
        return AgreementStatus.LIVE if day >= self.valid_from else AgreementStatus.FUTURE


class ServiceRegion(models.Model):
    """A region that an institution's unit serves, for the assignment of referrals."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="service_regions"
    )
    region = models.ForeignKey("reference.Region", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["organization", "region"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "region"], name="service_region_once_per_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.region_id}"
