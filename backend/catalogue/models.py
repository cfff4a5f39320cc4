"""Products with immutable versions, the catalogue's state, and preferential policies."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.catalogue.conditions import STATED_BY
from backend.catalogue.content import (
    CODE_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    INTEGER_FIELDS,
    NAME_MAX_LENGTH,
    NOTE_MAX_LENGTH,
    RANGES,
    RATE_DECIMALS,
    RATE_FIELDS,
)
from backend.catalogue.enums import PolicyStatus, ProductStatus, VersionOrigin
from backend.catalogue.querysets import (
    PolicyQuerySet,
    ProductQuerySet,
    ProductVersionQuerySet,
)
from backend.common.choices import KnownCodes, choices_of
from backend.common.constraints import PERIOD_HOLDS_A_DAY, in_order
from backend.common.models import EditableModel, PublicModel
from backend.organizations.models import Organization
from matching.vocabulary import (
    COLLATERAL,
    CRITERIA,
    FINANCING_TYPES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
)


class Product(EditableModel):
    """What an institution offers; its conditions stand in versions.

    ``revision`` counts every change, ``public_revision`` only those that everybody may know
    of, so that nobody outside can tell that a draft is being worked on.
    """

    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="products"
    )
    code = models.CharField("产品代码", max_length=CODE_MAX_LENGTH, unique=True)
    status = models.CharField(
        "状态", max_length=16, choices=ProductStatus, default=ProductStatus.DRAFT
    )
    current_version = models.OneToOneField(
        "ProductVersion",
        verbose_name="现行版本",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    public_revision = models.PositiveIntegerField(default=0, editable=False)
    public_changed_at = models.DateTimeField("最近公开变更时间", null=True, blank=True)
    closed_reason = models.CharField("下架原因", max_length=NOTE_MAX_LENGTH, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status=ProductStatus.DRAFT,
                    current_version__isnull=True,
                    public_changed_at__isnull=True,
                )
                | Q(
                    status__in=[ProductStatus.PUBLISHED, ProductStatus.CLOSED],
                    current_version__isnull=False,
                    public_changed_at__isnull=False,
                ),
                name="product_has_current_version_once_published",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="product_code_not_empty"),
        ]
        indexes = [models.Index(fields=["status", "code"], name="product_status_code")]

    def __str__(self) -> str:
        return self.code


def _codes(label: str, table: Mapping[str, str]) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=32, choices=choices_of(table)),
        verbose_name=label,
        null=True,
        blank=True,
        validators=[KnownCodes(list(table))],
    )


def _declarations(label: str) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=32, choices=choices_of(CRITERIA)),
        verbose_name=label,
        default=list,
        blank=True,
        validators=[KnownCodes(list(CRITERIA))],
    )


def _whole(label: str) -> models.BigIntegerField:
    return models.BigIntegerField(label, null=True, blank=True)


def _rate(label: str) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=RATE_DECIMALS + 1, decimal_places=RATE_DECIMALS, null=True, blank=True
    )


def _within(field: str, largest: int) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lte": largest})


def _declared_only_where_silent(name: str) -> Q:
    """Say that no criterion of a declaration is stated by its fields."""
    condition = Q()
    for criterion, fields in STATED_BY.items():
        silent = Q(**{f"{field}__isnull": True for field in fields})
        condition &= ~Q(**{f"{name}__contains": [criterion]}) | silent
    return condition


class ProductVersion(PublicModel):
    """One wording of a product's conditions.

    A draft may change; once published a version never changes (a trigger sees to it), save
    for the note of when it went out of force. ``published_in`` and ``withdrawn_in`` are the
    catalogue's versions that first had it and first lacked it, so that the catalogue of any
    moment can be told from the rows. Money is whole yuan, rates are fractions; null is "not
    stated".
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本号")
    origin = models.CharField("来源", max_length=16, choices=VersionOrigin)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_in = models.BigIntegerField("发布于目录版本", null=True, blank=True)
    withdrawn_at = models.DateTimeField("失效时间", null=True, blank=True)
    withdrawn_in = models.BigIntegerField("失效于目录版本", null=True, blank=True)
    no_tie_in = models.BooleanField("声明无捆绑搭售", default=False)
    # field -> {"status", "source", "note"}
    provenance = models.JSONField("逐项来源", default=dict, blank=True)

    name = models.CharField("产品名称", max_length=NAME_MAX_LENGTH)
    series = models.CharField("产品系列", max_length=NAME_MAX_LENGTH, blank=True)
    variant_of = models.ForeignKey(
        Product,
        verbose_name="所属主产品",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    financing_type = models.CharField(  # noqa: DJ001 - null says "undisclosed", as in the format
        "融资方式", max_length=32, choices=choices_of(FINANCING_TYPES), null=True, blank=True
    )
    stages = _codes("适用阶段", STAGES)
    stage_focus = _codes("侧重阶段", STAGES)
    amount_min_yuan = _whole("最低金额（元）")
    amount_max_yuan = _whole("最高金额（元）")
    term_min_months = _whole("最短期限（月）")
    term_max_months = _whole("最长期限（月）")
    annual_rate_min = _rate("最低年化利率")
    annual_rate_max = _rate("最高年化利率")
    regions = ArrayField(
        models.CharField(max_length=6), verbose_name="适用地区", null=True, blank=True
    )
    industries = ArrayField(
        models.CharField(max_length=5), verbose_name="适用行业", null=True, blank=True
    )
    industries_excluded = ArrayField(
        models.CharField(max_length=5), verbose_name="限制行业", null=True, blank=True
    )
    tech_fields = _codes("技术领域", TECH_FIELDS)
    purposes = _codes("资金用途", PURPOSES)
    qualifications_all = _codes("须全部具备的资质", QUALIFICATIONS)
    qualifications_any = _codes("须至少具备一项的资质", QUALIFICATIONS)
    firm_age_min_months = _whole("企业最短成立时间（月）")
    firm_age_max_months = _whole("企业最长成立时间（月）")
    collateral = _codes("接受的担保方式", COLLATERAL)
    terms = models.JSONField("其他条件", default=list, blank=True)
    green_quota = models.BooleanField("额度优先", null=True, blank=True)
    green_approval = models.BooleanField("审批优先", null=True, blank=True)
    green_disbursement = models.BooleanField("投放优先", null=True, blank=True)
    approval_days = _whole("审批时限（工作日）")
    undisclosed = _declarations("未公布的条件")
    open_conditions = _declarations("声明不设的条件")
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_until = models.DateField("有效期止（不含）", null=True, blank=True)
    description = models.TextField("产品说明", max_length=DESCRIPTION_MAX_LENGTH, blank=True)
    note = models.CharField("备注", max_length=NOTE_MAX_LENGTH, blank=True)
    is_reference = models.BooleanField("外地参考产品，本省不办理", default=False)

    objects = ProductVersionQuerySet.as_manager()

    class Meta:
        ordering = ["product_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "number"], name="productversion_number_unique"
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(published_at__isnull=True),
                name="productversion_one_draft_per_product",
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(published_at__isnull=False, withdrawn_at__isnull=True),
                name="productversion_one_in_force_per_product",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_in__isnull=True)
                | Q(published_at__isnull=False, published_in__isnull=False),
                name="productversion_published_in_a_catalogue",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_in__isnull=True)
                | Q(
                    published_at__isnull=False,
                    withdrawn_at__gte=F("published_at"),
                    withdrawn_in__gt=F("published_in"),
                ),
                name="productversion_withdrawn_after_publication",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(no_tie_in=True)
                | Q(origin=VersionOrigin.CATALOGUE),
                name="productversion_no_tie_in_declared",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(financing_type__isnull=False)
                | Q(undisclosed__contains=["financing_type"]),
                name="productversion_type_stated_or_undisclosed",
            ),
            models.CheckConstraint(
                condition=_declared_only_where_silent("undisclosed"),
                name="productversion_undisclosed_is_not_stated",
            ),
            models.CheckConstraint(
                condition=_declared_only_where_silent("open_conditions"),
                name="productversion_open_is_not_stated",
            ),
            models.CheckConstraint(
                condition=~Q(undisclosed__overlap=F("open_conditions")),
                name="productversion_undisclosed_or_open",
            ),
            *(
                models.CheckConstraint(
                    condition=_within(field, largest), name=f"productversion_{field}_in_range"
                )
                for field, largest in [*INTEGER_FIELDS.items(), *((f, 1) for f in RATE_FIELDS)]
            ),
            *(
                models.CheckConstraint(
                    condition=in_order(low, high), name=f"productversion_{low}_below_max"
                )
                for low, high in RANGES
            ),
            models.CheckConstraint(
                condition=PERIOD_HOLDS_A_DAY, name="productversion_validity_holds_a_day"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="productversion_name_not_empty"),
            models.CheckConstraint(condition=Q(number__gte=1), name="productversion_number_from_1"),
        ]
        indexes = [
            models.Index(fields=["published_in", "withdrawn_in"], name="productversion_catalogue")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} v{self.number}"

    @property
    def is_draft(self) -> bool:
        """Not yet published, so still open to changes."""
        return self.published_at is None


class CatalogueState(models.Model):
    """The catalogue's version: one row, counted up by every change that a reader can see."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.BigIntegerField("目录版本", default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="cataloguestate_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"catalogue {self.version}"


class Policy(EditableModel):
    """An institution's preferential policy (优惠政策) for technology firms."""

    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="policies"
    )
    code = models.CharField("政策代码", max_length=CODE_MAX_LENGTH, unique=True)
    status = models.CharField(
        "状态", max_length=16, choices=PolicyStatus, default=PolicyStatus.DRAFT
    )
    origin = models.CharField("来源", max_length=16, choices=VersionOrigin)
    title = models.CharField("标题", max_length=NAME_MAX_LENGTH)
    content = models.TextField("内容", max_length=DESCRIPTION_MAX_LENGTH)
    green_quota = models.BooleanField("额度优先", null=True, blank=True)
    green_approval = models.BooleanField("审批优先", null=True, blank=True)
    green_disbursement = models.BooleanField("投放优先", null=True, blank=True)
    rate_benefit = models.CharField("利率优惠", max_length=NAME_MAX_LENGTH, blank=True)
    regions = ArrayField(
        models.CharField(max_length=6), verbose_name="适用地区", null=True, blank=True
    )
    valid_from = models.DateField("有效期起", null=True, blank=True)
    valid_until = models.DateField("有效期止（不含）", null=True, blank=True)
    note = models.CharField("备注", max_length=NOTE_MAX_LENGTH, blank=True)
    provenance = models.JSONField("逐项来源", default=dict, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=PolicyStatus.DRAFT, published_at__isnull=True)
                | Q(
                    status__in=[PolicyStatus.PUBLISHED, PolicyStatus.WITHDRAWN],
                    published_at__isnull=False,
                ),
                name="policy_published_at_once_published",
            ),
            models.CheckConstraint(
                condition=PERIOD_HOLDS_A_DAY, name="policy_validity_holds_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(content="") & ~Q(code=""),
                name="policy_says_something",
            ),
        ]

    def __str__(self) -> str:
        return self.title
