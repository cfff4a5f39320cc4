"""What is read and shown of agreements."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.fields import TextField, UnknownAsNullField, WholeNumberField
from backend.api.serializers import StrictSerializer
from backend.api.v1.contacts.serializers import NewContactInput
from backend.partners.enums import AgreementStatus
from backend.partners.models import Agreement, Contact
from backend.partners.selectors import addressee

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


def _clock(help_text: str) -> WholeNumberField:
    return WholeNumberField(**_OPTIONAL, help_text=f"{help_text}，工作日；null 为不约定。")


class AgreementChange(StrictSerializer):
    """What may be changed of an agreement; a new contact of the institution is entered along."""

    document_number = TextField(max_length=80)
    title = TextField(max_length=200)
    sponsor = TextField(max_length=60, required=False, allow_blank=True)
    signed_on = serializers.DateField(**_OPTIONAL)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(help_text="到期日（不含）。")
    department_unit = TextField(max_length=100)
    department_contact = serializers.UUIDField(help_text="部门联系人的 id。")
    institution_unit = TextField(max_length=100)
    institution_contact = serializers.UUIDField(required=False, help_text="机构联系人的 id。")
    new_institution_contact = NewContactInput(required=False, help_text="或：新登记一位。")
    second_contact = serializers.UUIDField(**_OPTIONAL, help_text="机构第二联系人的 id。")
    new_second_contact = NewContactInput(required=False, help_text="或：新登记一位。")
    acknowledge_workdays = _clock("受理")
    contact_workdays = _clock("首次联系")
    decide_workdays = _clock("审批答复")
    read_workdays = _clock("股权类阅读")
    answer_workdays = _clock("股权类首次答复")


class AgreementInput(AgreementChange):
    """A new agreement of one's own department."""

    institution = TextField(max_length=64, help_text="机构代码。")


class EndInput(StrictSerializer):
    """Why an agreement ends before its time."""

    reason = TextField(max_length=300)


class AddresseeOutput(serializers.Serializer):
    """Whom to call today: the unit, and a person only if they agreed to be named."""

    contact = serializers.UUIDField(help_text="登记的联系人的 id。")
    organization = serializers.CharField()
    unit = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    post = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)


class AgreementOutput(serializers.ModelSerializer):
    """An agreement as it stands, with whom to call today on both sides."""

    id = serializers.UUIDField(source="public_id")
    department = serializers.UUIDField(source="department.public_id")
    department_name = serializers.CharField(source="department.name")
    institution = serializers.CharField(source="institution.code", help_text="机构代码")
    institution_id = serializers.UUIDField(source="institution.public_id")
    institution_name = serializers.CharField(source="institution.name")
    sponsor = UnknownAsNullField()
    status = serializers.SerializerMethodField()
    department_contact = serializers.SerializerMethodField()
    institution_contact = serializers.SerializerMethodField()
    second_contact = serializers.SerializerMethodField()
    ended_reason = UnknownAsNullField()

    class Meta:
        model = Agreement
        fields = [
            "id",
            "department",
            "department_name",
            "institution",
            "institution_id",
            "institution_name",
            "document_number",
            "title",
            "sponsor",
            "signed_on",
            "valid_from",
            "valid_until",
            "status",
            "department_unit",
            "department_contact",
            "institution_unit",
            "institution_contact",
            "second_contact",
            "acknowledge_workdays",
            "contact_workdays",
            "decide_workdays",
            "read_workdays",
            "answer_workdays",
            "ended_at",
            "ended_reason",
        ]
        read_only_fields = fields

    def get_status(self, agreement: Agreement) -> AgreementStatus:
        """Return what it is today."""
        return agreement.status_on(self.context["request"].actor.today)

    @extend_schema_field(AddresseeOutput)
    def get_department_contact(self, agreement: Agreement) -> dict[str, Any]:
        """Return whom to call in the department."""
        return self._called(agreement.department_contact, agreement.department_unit)

    @extend_schema_field(AddresseeOutput)
    def get_institution_contact(self, agreement: Agreement) -> dict[str, Any]:
        """Return whom to call in the institution."""
        return self._called(agreement.institution_contact, agreement.institution_unit)

    @extend_schema_field(AddresseeOutput(allow_null=True))
    def get_second_contact(self, agreement: Agreement) -> dict[str, Any] | None:
        """Return whom to call in the institution when the first is silent."""
        contact = agreement.second_contact
        return contact and self._called(contact, agreement.institution_unit)

    def _called(self, contact: Contact, unit: str) -> dict[str, Any]:
        actor = self.context["request"].actor
        told = addressee(
            contact=contact,
            unit=unit,
            day=actor.today,
            to_own_side=contact.organization_id == actor.organization.pk,
        )
        return {"contact": str(contact.public_id), **asdict(told)}
