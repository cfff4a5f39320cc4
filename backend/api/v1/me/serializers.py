"""What a person learns about their own account."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.models import User
from backend.organizations.actors import Actor, list_memberships
from backend.organizations.models import Membership


class OwnUserOutput(serializers.ModelSerializer):
    """The account."""

    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = User
        fields = ["id", "username", "display_name"]
        read_only_fields = fields


class OwnMembershipOutput(serializers.ModelSerializer):
    """One of the person's places."""

    id = serializers.UUIDField(source="public_id")
    organization = serializers.UUIDField(source="organization.public_id")
    organization_name = serializers.CharField(source="organization.name")
    organization_kind = serializers.CharField(source="organization.kind")
    region = serializers.CharField(source="organization.region_code", allow_null=True)

    class Meta:
        model = Membership
        fields = [
            "id",
            "organization",
            "organization_name",
            "organization_kind",
            "region",
            "role",
            "rank",
            "post",
            "authority_basis",
            "authority_valid_until",
        ]
        read_only_fields = fields


class ActingOutput(serializers.Serializer):
    """The place that the person acts through now."""

    organization = serializers.UUIDField(source="organization.public_id")
    role = serializers.CharField()
    rank = serializers.CharField(source="membership.rank")
    has_authority = serializers.BooleanField(
        help_text="已核验且未过期的企业经办授权；没有时只能起草需求和查看匹配。"
    )
    permissions = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_permissions(self, actor: Actor) -> list[str]:
        """Return the words in order."""
        return sorted(actor.permissions)


class MeOutput(serializers.Serializer):
    """The account, its places and the one in use."""

    user = OwnUserOutput()
    memberships = OwnMembershipOutput(many=True)
    acting = serializers.SerializerMethodField()

    @extend_schema_field(ActingOutput(allow_null=True))
    def get_acting(self, me: dict[str, Any]) -> dict[str, Any] | None:
        """Return the acting place, or None for a person without any."""
        return None if me["actor"] is None else ActingOutput(me["actor"]).data


def describe_me(user: User, actor: Actor | None) -> dict[str, Any]:
    """Return what `MeOutput` shows of a signed-in person."""
    return MeOutput({"user": user, "memberships": list_memberships(user), "actor": actor}).data
