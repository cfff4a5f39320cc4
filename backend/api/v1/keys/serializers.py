"""What goes in and out."""

from rest_framework import serializers

from backend.accounts.models import ApiKey
from backend.accounts.services import DEFAULT_DAYS, LONGEST_DAYS
from backend.api.fields import TextField, WholeNumberField
from backend.api.serializers import StrictSerializer


class KeyInput(StrictSerializer):
    """A new key."""

    name = TextField(max_length=60, required=False, default="", allow_blank=True)
    days = WholeNumberField(
        min_value=1, max_value=LONGEST_DAYS, required=False, default=DEFAULT_DAYS
    )


class KeyOutput(serializers.ModelSerializer):
    """A key as its owner sees it: never the secret."""

    id = serializers.UUIDField(source="public_id")
    prefix = serializers.CharField(source="token_key")
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry")

    class Meta:
        model = ApiKey
        fields = ["id", "name", "prefix", "created_at", "expires_at"]
        read_only_fields = fields


class NewKeyOutput(KeyOutput):
    """A key just made, with its secret, this once."""

    key = serializers.SerializerMethodField()

    class Meta(KeyOutput.Meta):
        fields = [*KeyOutput.Meta.fields, "key"]
        read_only_fields = fields

    def get_key(self, key: ApiKey) -> str:
        """Return the secret."""
        return self.context["secret"]
