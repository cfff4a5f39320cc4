"""What is read and shown of contacts."""

from typing import Any

from rest_framework import serializers

from backend.api.fields import FlagField, TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer
from backend.partners.models import Contact
from backend.partners.policies import can_see_details


class NewContactInput(StrictSerializer):
    """Who is to be called."""

    name = TextField(max_length=60)
    post = TextField(max_length=60, required=False, allow_blank=True)
    phone = TextField(max_length=40)
    email = TextField(max_length=254, required=False, allow_blank=True)


class ContactInput(NewContactInput):
    """A new contact of one's own unit, or of one below."""

    organization = serializers.UUIDField(required=False, help_text="单位的 id；省略为本单位。")
    user = TextField(required=False, allow_null=True, max_length=150, help_text="账号（用户名）。")


class ContactChange(NewContactInput):
    """What may change: also who covers during an absence, both days included."""

    user = TextField(required=False, allow_null=True, max_length=150, help_text="账号（用户名）。")
    is_active = FlagField(required=False)
    absent_from = serializers.DateField(required=False, allow_null=True)
    absent_until = serializers.DateField(required=False, allow_null=True, help_text="含当日。")
    covered_by = serializers.UUIDField(required=False, allow_null=True, help_text="代理人的 id。")


class AgreeInput(StrictSerializer):
    """The person agrees to be named to the other side."""

    notice_version = TextField(max_length=32, help_text="所读告知书的版本，见 contacts/notice/。")
    evidence = TextField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text="联系人没有账号时：其签署的告知书编号或存放位置。",
    )


class ContactOutput(serializers.ModelSerializer):
    """A contact; account, notice and evidence are shown to the own side only."""

    id = serializers.UUIDField(source="public_id")
    organization = serializers.UUIDField(source="organization.public_id")
    organization_name = serializers.CharField(source="organization.name")
    post = UnknownAsNullField()
    email = UnknownAsNullField()
    user = serializers.SerializerMethodField()
    covered_by = serializers.SerializerMethodField()
    is_nameable = serializers.BooleanField(help_text="已同意向对方公开。")
    notice_version = serializers.SerializerMethodField()
    agreed_at = serializers.SerializerMethodField()
    agreement_evidence = serializers.SerializerMethodField()
    agreement_withdrawn_at = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = [
            "id",
            "organization",
            "organization_name",
            "name",
            "post",
            "phone",
            "email",
            "user",
            "is_active",
            "absent_from",
            "absent_until",
            "covered_by",
            "is_nameable",
            "notice_version",
            "agreed_at",
            "agreement_evidence",
            "agreement_withdrawn_at",
        ]
        read_only_fields = fields

    def _for_own_side(self, contact: Contact, value: Any) -> Any:
        """Return a value to the person's own side; the line upwards is asked once per page."""
        known: dict[int, bool] = self.context.setdefault("own_sides", {})
        if contact.organization_id not in known:
            known[contact.organization_id] = can_see_details(self.context["request"].actor, contact)
        return (value or None) if known[contact.organization_id] else None

    def get_user(self, contact: Contact) -> str | None:
        """Return the account's name."""
        return self._for_own_side(contact, contact.user and contact.user.username)

    def get_covered_by(self, contact: Contact) -> str | None:
        """Return who covers; to the other side only if they agreed to be named themselves."""
        cover = contact.covered_by
        if cover is None:
            return None
        cover_id = str(cover.public_id)
        return cover_id if cover.is_nameable else self._for_own_side(contact, cover_id)

    def get_notice_version(self, contact: Contact) -> str | None:
        """Return which notice was agreed to."""
        return self._for_own_side(contact, contact.notice_version)

    def get_agreed_at(self, contact: Contact) -> str | None:
        """Return when the person agreed."""
        return self._for_own_side(contact, contact.agreed_at)

    def get_agreement_evidence(self, contact: Contact) -> str | None:
        """Return where the signed notice is."""
        return self._for_own_side(contact, contact.agreement_evidence)

    def get_agreement_withdrawn_at(self, contact: Contact) -> str | None:
        """Return when it was taken back."""
        return self._for_own_side(contact, contact.agreement_withdrawn_at)


class NoticeAnswer(serializers.Serializer):
    """What a person reads before agreeing."""

    version = serializers.CharField()
    sha256 = serializers.CharField()
    body = serializers.CharField()
