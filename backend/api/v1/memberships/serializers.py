"""What goes in and out."""

from rest_framework import serializers

from backend.api.fields import CodeField, TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer
from backend.organizations.enums import AuthorityBasis, Rank, Role
from backend.organizations.models import Membership


class MembershipInput(StrictSerializer):
    """A place for an existing account."""

    username = TextField(max_length=150)
    role = CodeField(Role.choices)
    rank = CodeField(Rank.choices, required=False, default=Rank.OFFICER)
    post = TextField(max_length=60, required=False, default="", allow_blank=True)


class AuthorityInput(StrictSerializer):
    """What proves that an account may act for its firm."""

    basis = CodeField(AuthorityBasis.choices)
    reference = TextField(max_length=200, help_text="授权书编号，或担保单位名称。")
    post = TextField(max_length=60)
    valid_until = serializers.DateField(help_text="到期日（不含），最长三年。")


class MembershipOutput(serializers.ModelSerializer):
    """A person's place."""

    id = serializers.UUIDField(source="public_id")
    organization = serializers.UUIDField(source="organization.public_id")
    organization_name = serializers.CharField(source="organization.name")
    username = serializers.CharField(source="user.username")
    display_name = serializers.CharField(source="user.display_name")
    authority_basis = UnknownAsNullField()
    authority_reference = UnknownAsNullField()

    class Meta:
        model = Membership
        fields = [
            "id",
            "organization",
            "organization_name",
            "username",
            "display_name",
            "role",
            "rank",
            "post",
            "is_active",
            "authority_basis",
            "authority_reference",
            "authority_proved_at",
            "authority_valid_until",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
