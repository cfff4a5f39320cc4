"""Organizations of every kind and the people who act for them."""

from datetime import date

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q

from backend.common.choices import choices_of
from backend.common.models import EditableModel, PublicModel
from backend.organizations.enums import (
    OFFERING_KINDS,
    Agency,
    AuthorityBasis,
    DepartmentLevel,
    InstitutionLevel,
    OrganizationKind,
    Rank,
    Role,
)
from backend.organizations.querysets import MembershipQuerySet, OrganizationQuerySet
from backend.reference.models import Region
from matching.vocabulary import INSTITUTION_KINDS


class Organization(EditableModel):
    """A firm, an incubator, an institution's unit, a department or the operator.

    ``code`` is the 统一社会信用代码 of a firm and the catalogue code of an institution or an
    incubator; it is unique among organizations of one kind.
    """

    kind = models.CharField("类别", max_length=16, choices=OrganizationKind)
    code = models.CharField("代码", max_length=64, validators=[MinLengthValidator(1)])
    name = models.CharField("名称", max_length=200)
    region = models.ForeignKey(
        Region,
        verbose_name="所在地区",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    parent = models.ForeignKey(
        "self",
        verbose_name="上级机构",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    department_level = models.CharField(
        "部门层级", max_length=16, choices=DepartmentLevel, blank=True
    )
    # Of a department; an empty one is of science and technology.
    agency = models.CharField("所属系统", max_length=16, choices=Agency, blank=True)
    institution_level = models.CharField(
        "机构层级", max_length=24, choices=InstitutionLevel, blank=True
    )
    institution_kind = models.CharField(
        "机构类型", max_length=32, choices=choices_of(INSTITUTION_KINDS), blank=True
    )
    capacity = models.PositiveIntegerField("每份清单可承接数", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demonstration = models.BooleanField("演示数据", default=False)
    source = models.CharField("信息来源", max_length=300, blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="organization_code_unique"),
            models.CheckConstraint(
                condition=Q(kind=OrganizationKind.DEPARTMENT) | Q(department_level=""),
                name="organization_department_level_only_for_departments",
            ),
            models.CheckConstraint(
                condition=Q(kind=OrganizationKind.DEPARTMENT) | Q(agency=""),
                name="organization_agency_only_for_departments",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrganizationKind.DEPARTMENT)
                | (~Q(department_level="") & Q(region__isnull=False)),
                name="organization_department_has_level_and_region",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(OFFERING_KINDS, reverse=True))
                | (Q(institution_kind="") & Q(capacity__isnull=True)),
                name="organization_institution_facts_only_for_institutions",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrganizationKind.INSTITUTION) | ~Q(institution_kind=""),
                name="organization_institution_has_kind",
            ),
        ]
        indexes = [models.Index(fields=["kind", "name"], name="organization_kind_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def region_code(self) -> str | None:
        """The six digits of the region, or None."""
        return self.region_id

    @property
    def agency_code(self) -> Agency | None:
        """Which agency a department is of; None for anybody else."""
        if self.kind != OrganizationKind.DEPARTMENT:
            return None
        return Agency(self.agency or Agency.SCIENCE)


class Membership(PublicModel):
    """A person's place in an organization, with the proof that they may act for it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField("角色", max_length=24, choices=Role)
    rank = models.CharField("职级", max_length=16, choices=Rank, default=Rank.OFFICER)
    post = models.CharField("职务", max_length=60, blank=True)
    is_active = models.BooleanField("启用", default=True)

    authority_basis = models.CharField(
        "授权依据", max_length=24, choices=AuthorityBasis, blank=True
    )
    authority_reference = models.CharField("授权文件或担保说明", max_length=200, blank=True)
    authority_proved_at = models.DateTimeField("核验时间", null=True, blank=True)
    authority_proved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    authority_valid_until = models.DateField("授权到期日（不含）", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="membership_unique_per_organization"
            ),
            models.CheckConstraint(
                condition=Q(authority_proved_at__isnull=True)
                | (
                    ~Q(authority_basis="")
                    & Q(authority_proved_by__isnull=False)
                    & Q(authority_valid_until__isnull=False)
                ),
                name="membership_proof_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.organization} ({self.get_role_display()})"

    def has_authority(self, today: date) -> bool:
        """Tell whether authority was proved and has not expired; the end is excluded."""
        return (
            self.authority_proved_at is not None
            and self.authority_valid_until is not None
            and today < self.authority_valid_until
        )

    def restore(self, *, role: str, rank: str, post: str) -> None:
        """Take up an ended place again; authority has to be proved anew."""
        self.role, self.rank, self.post = role, rank, post
        self.is_active = True
        self.authority_basis = self.authority_reference = ""
        self.authority_proved_at = self.authority_proved_by = self.authority_valid_until = None
        self.save()
