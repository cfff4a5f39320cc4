"""What is read and shown of preferential policies."""

from typing import Any

from rest_framework import serializers

from backend.api.fields import FlagField, TextField
from backend.api.serializers import StrictSerializer
from backend.api.v1.products.serializers import ProvenanceOutput
from backend.catalogue.enums import PolicyStatus, VersionOrigin

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


class PolicyFields(serializers.Serializer):
    """What a policy says, as it is written and as it is read."""

    title = TextField(help_text="标题")
    content = TextField(help_text="内容")
    green_quota = FlagField(**_OPTIONAL, help_text="额度优先")
    green_approval = FlagField(**_OPTIONAL, help_text="审批优先")
    green_disbursement = FlagField(**_OPTIONAL, help_text="投放优先")
    rate_benefit = TextField(**_OPTIONAL, allow_blank=True, help_text="利率优惠")
    regions = serializers.ListField(
        child=TextField(), **_OPTIONAL, help_text="适用地区，GB/T 2260 代码；null 为不限"
    )
    valid_from = serializers.DateField(**_OPTIONAL, help_text="有效期起")
    valid_until = serializers.DateField(**_OPTIONAL, help_text="有效期止（不含当日）")
    note = TextField(**_OPTIONAL, allow_blank=True, help_text="备注")


class PolicyChange(PolicyFields, StrictSerializer):
    """What may be changed of a policy."""


class PolicyInput(PolicyChange):
    """What a new policy may say."""

    code = TextField(required=False, help_text="政策代码；省略时自动编号")
    institution = TextField(required=False, help_text="机构代码；省略时为本机构")


class PolicyOutput(PolicyFields):
    """A policy as it stands."""

    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    institution = serializers.CharField(source="institution.code", help_text="机构代码")
    institution_id = serializers.UUIDField(source="institution.public_id")
    institution_name = serializers.CharField(source="institution.name")
    status = serializers.ChoiceField(choices=PolicyStatus)
    status_label = serializers.CharField(source="get_status_display")
    origin = serializers.ChoiceField(choices=VersionOrigin)
    provenance = serializers.DictField(child=ProvenanceOutput())
    is_demonstration = serializers.BooleanField(source="institution.is_demonstration")
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
