"""What goes in and out."""

from rest_framework import serializers

from backend.api.fields import (
    CodeField,
    TextField,
    UnknownAsNullField,
    WholeNumberField,
    code_of,
)
from backend.api.serializers import StrictSerializer
from backend.organizations.enums import Agency, DepartmentLevel, InstitutionLevel, OrganizationKind
from backend.organizations.models import Organization
from backend.organizations.policies import can_see_capacity
from matching.vocabulary import INSTITUTION_KINDS


class OrganizationInput(StrictSerializer):
    """A new organization."""

    kind = CodeField(OrganizationKind.choices)
    code = TextField(max_length=64)
    name = TextField(max_length=200)
    region = TextField(max_length=6, required=False, allow_null=True)
    parent = serializers.UUIDField(required=False, allow_null=True, help_text="上级机构的 id。")
    department_level = CodeField(DepartmentLevel.choices, required=False)
    agency = CodeField(Agency.choices, required=False, help_text="部门所属系统；不填为科技。")
    institution_level = CodeField(InstitutionLevel.choices, required=False)
    institution_kind = code_of(INSTITUTION_KINDS, required=False)
    capacity = WholeNumberField(required=False, allow_null=True)


class OrganizationChange(StrictSerializer):
    """What may change later."""

    name = TextField(max_length=200, required=False)
    capacity = WholeNumberField(required=False, allow_null=True)


class AgencyInput(StrictSerializer):
    """Of which agency a department is."""

    agency = CodeField(Agency.choices)


class ServiceRegions(StrictSerializer):
    """The regions that an institution's unit serves."""

    regions = serializers.ListField(
        child=TextField(max_length=6), max_length=200, help_text="行政区划代码；含其下各级。"
    )


class OrganizationOutput(serializers.ModelSerializer):
    """An organization as the reader may know it."""

    id = serializers.UUIDField(source="public_id")
    region = serializers.CharField(source="region_code", allow_null=True)
    parent = serializers.UUIDField(source="parent.public_id", allow_null=True, default=None)
    department_level = UnknownAsNullField()
    agency = serializers.CharField(
        source="agency_code", allow_null=True, help_text="部门所属系统；其他机构为 null。"
    )
    institution_level = UnknownAsNullField()
    institution_kind = UnknownAsNullField()
    capacity = serializers.SerializerMethodField()
    source = UnknownAsNullField()

    class Meta:
        model = Organization
        fields = [
            "id",
            "kind",
            "code",
            "name",
            "region",
            "parent",
            "department_level",
            "agency",
            "institution_level",
            "institution_kind",
            "capacity",
            "is_active",
            "is_demonstration",
            "source",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_capacity(self, organization: Organization) -> int | None:
        """Return the capacity to those who may know it."""
        if not can_see_capacity(self.context["request"].actor, organization):
            return None
        return organization.capacity
