"""What is read and shown of products; conditions have the names of the exchange format."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.fields import (
    FlagField,
    NumberField,
    TextField,
    WholeNumberField,
    code_of,
    codes_of,
)
from backend.api.serializers import StrictSerializer
from backend.catalogue.content import RATE_DECIMALS, content_of, to_json
from backend.catalogue.enums import ProductStatus, ProvenanceStatus, VersionOrigin
from backend.catalogue.selectors import ShownProduct, VersionChange
from matching.vocabulary import (
    COLLATERAL,
    CRITERIA,
    FINANCING_TYPES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
    TERM_OPERATORS,
)

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


def _text(**kwargs: Any) -> TextField:
    return TextField(**_OPTIONAL, allow_blank=True, **kwargs)


def _whole(**kwargs: Any) -> WholeNumberField:
    return WholeNumberField(**_OPTIONAL, **kwargs)


def _rate(**kwargs: Any) -> NumberField:
    return NumberField(decimal_places=RATE_DECIMALS, **_OPTIONAL, **kwargs)


def _list(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=TextField(), **_OPTIONAL, **kwargs)


class TermInput(StrictSerializer):
    """One further condition on a figure or code of the firm."""

    field = TextField(help_text="企业字段，如 revenue_yuan、debt_ratio、incubator。")
    op = TextField(help_text="运算符：" + "、".join(TERM_OPERATORS))
    value = serializers.JSONField(help_text="数字或代码；in 与 not_in 为列表。")


class ContentFields(serializers.Serializer):
    """The conditions of a product, as they are written and as they are read."""

    name = TextField(help_text="产品名称")
    series = _text(help_text="产品系列")
    variant_of = TextField(**_OPTIONAL, help_text="所属主产品的代码")
    financing_type = code_of(FINANCING_TYPES, **_OPTIONAL, help_text="融资方式")
    stages = codes_of(STAGES, **_OPTIONAL, help_text="适用阶段")
    stage_focus = codes_of(STAGES, **_OPTIONAL, help_text="侧重阶段，只影响排序")
    amount_min_yuan = _whole(help_text="最低金额（元）")
    amount_max_yuan = _whole(help_text="最高金额（元）")
    term_min_months = _whole(help_text="最短期限（月）")
    term_max_months = _whole(help_text="最长期限（月）")
    annual_rate_min = _rate(help_text="最低年化利率，小数：3.85% 写作 0.0385")
    annual_rate_max = _rate(help_text="最高年化利率，小数")
    regions = _list(help_text="适用地区，GB/T 2260 代码")
    industries = _list(help_text="适用行业，GB/T 4754-2017 代码")
    industries_excluded = _list(help_text="限制行业，GB/T 4754-2017 代码")
    tech_fields = codes_of(TECH_FIELDS, **_OPTIONAL, help_text="技术领域")
    purposes = codes_of(PURPOSES, **_OPTIONAL, help_text="资金用途")
    qualifications_all = codes_of(QUALIFICATIONS, **_OPTIONAL, help_text="须全部具备的资质")
    qualifications_any = codes_of(QUALIFICATIONS, **_OPTIONAL, help_text="须至少具备一项的资质")
    firm_age_min_months = _whole(help_text="企业最短成立时间（月）")
    firm_age_max_months = _whole(help_text="企业最长成立时间（月）")
    collateral = codes_of(COLLATERAL, **_OPTIONAL, help_text="接受的担保方式")
    terms = TermInput(many=True, **_OPTIONAL, help_text="其他条件")
    green_quota = FlagField(**_OPTIONAL, help_text="额度优先")
    green_approval = FlagField(**_OPTIONAL, help_text="审批优先")
    green_disbursement = FlagField(**_OPTIONAL, help_text="投放优先")
    approval_days = _whole(help_text="审批时限（工作日）")
    undisclosed = codes_of(
        CRITERIA,
        **_OPTIONAL,
        help_text="设有条件但未公布的项目；发布时，既未填写又未声明不设的项目一律计入。",
    )
    open_conditions = codes_of(CRITERIA, **_OPTIONAL, help_text="声明不设条件的项目")
    valid_from = serializers.DateField(**_OPTIONAL, help_text="有效期起")
    valid_until = serializers.DateField(**_OPTIONAL, help_text="有效期止（不含当日）")
    description = _text(help_text="产品说明")
    note = _text(help_text="备注")


class ProductChange(ContentFields, StrictSerializer):
    """What an institution may change of a draft."""


class ProductInput(ProductChange):
    """What a new product may say."""

    code = TextField(required=False, help_text="产品代码；省略时自动编号")
    institution = TextField(required=False, help_text="机构代码；省略时为本机构")


class PublishInput(StrictSerializer):
    """The declaration without which nothing is published."""

    no_tie_in = FlagField(help_text="声明不以存款、代发工资、购买保险等作为办理条件")


class CloseInput(StrictSerializer):
    """Why a product is taken off."""

    reason = _text(help_text="下架原因")


class ProvenanceOutput(serializers.Serializer):
    """Where one value comes from."""

    status = serializers.ChoiceField(choices=ProvenanceStatus)
    source = serializers.CharField()
    note = serializers.CharField(required=False)


class DraftOutput(ContentFields):
    """Changes that are not yet published; only the institution sees them."""

    number = serializers.IntegerField(help_text="发布后的版本号")
    updated_at = serializers.DateTimeField()
    provenance = serializers.DictField(child=ProvenanceOutput())


class ProductOutput(ContentFields):
    """A product as the reader may see it."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    institution = serializers.CharField(help_text="机构代码")
    institution_id = serializers.UUIDField()
    institution_name = serializers.CharField()
    status = serializers.ChoiceField(choices=ProductStatus)
    status_label = serializers.CharField()
    version = serializers.IntegerField(help_text="版本号")
    version_id = serializers.UUIDField()
    origin = serializers.ChoiceField(choices=VersionOrigin.choices)
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True, help_text="最近一次发布或下架的时间")
    closed_reason = serializers.CharField()
    is_reference = serializers.BooleanField(help_text="外地参考产品，本省不办理")
    is_demonstration = serializers.BooleanField()
    provenance = serializers.DictField(child=ProvenanceOutput())
    draft = DraftOutput(allow_null=True)

    def to_representation(self, instance: ShownProduct) -> dict[str, Any]:
        """Write the shown version's content beside the product's own facts."""
        product, version = instance.product, instance.version
        institution = product.institution
        return {
            "id": str(product.public_id),
            "code": product.code,
            "institution": institution.code,
            "institution_id": str(institution.public_id),
            "institution_name": institution.name,
            "status": product.status,
            "status_label": product.get_status_display(),
            "version": version.number,
            "version_id": str(version.public_id),
            "origin": version.origin,
            "published_at": _instant(version.published_at),
            "updated_at": _instant(product.public_changed_at),
            "closed_reason": product.closed_reason,
            "is_demonstration": institution.is_demonstration,
            "provenance": version.provenance,
            **_content(version),
            "draft": instance.draft and _draft(instance.draft),
        }


class DifferenceOutput(serializers.Serializer):
    """One field that changed."""

    field = serializers.CharField()
    to = serializers.JSONField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself."""
        return {**super().get_fields(), "from": serializers.JSONField(allow_null=True)}


class VersionOutput(serializers.Serializer):
    """A version of a product and what it changed."""

    id = serializers.UUIDField(source="version.public_id")
    number = serializers.IntegerField(source="version.number")
    origin = serializers.ChoiceField(choices=VersionOrigin.choices, source="version.origin")
    published_at = serializers.DateTimeField(source="version.published_at", allow_null=True)
    withdrawn_at = serializers.DateTimeField(source="version.withdrawn_at", allow_null=True)
    differences = serializers.SerializerMethodField()

    @extend_schema_field(DifferenceOutput(many=True))
    def get_differences(self, change: VersionChange) -> list[dict[str, Any]]:
        """Show what changed against the version before, ready for JSON as it is."""
        return change.differences


def _content(version: Any) -> dict[str, Any]:
    return {field: to_json(value) for field, value in content_of(version).items()}


def _draft(version: Any) -> dict[str, Any]:
    content = _content(version)
    content.pop("is_reference")
    return {
        "number": version.number,
        "updated_at": _instant(version.updated_at),
        "provenance": version.provenance,
        **content,
    }


_INSTANT = serializers.DateTimeField()


def _instant(value: Any) -> str | None:
    return None if value is None else _INSTANT.to_representation(value)
