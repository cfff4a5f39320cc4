"""What goes in and out."""

from rest_framework import serializers

from backend.api.fields import InstantField, TextField, UnknownAsNullField, WholeNumberField
from backend.api.serializers import StrictSerializer
from backend.webhooks.models import LONGEST_REASON, LONGEST_URL, WebhookEndpoint
from backend.webhooks.policies import can_see_address
from backend.webhooks.services import DEFAULT_OVERLAP_HOURS, LONGEST_OVERLAP_HOURS


class EndpointInput(StrictSerializer):
    """A new endpoint, or what changes of one."""

    url = TextField(max_length=LONGEST_URL, help_text="https 地址，端口 443 或 8443。")
    event_types = serializers.ListField(
        child=TextField(), help_text="订阅的事件类型；空列表只接收自检消息。"
    )


class RotationInput(StrictSerializer):
    """How long the old secret goes on signing."""

    overlap_hours = WholeNumberField(
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        required=False,
        default=DEFAULT_OVERLAP_HOURS,
        help_text="新旧密钥同时签名的小时数；0 为旧密钥立即失效。",
    )


class DisableInput(StrictSerializer):
    """Why an endpoint is switched off."""

    reason = TextField(max_length=LONGEST_REASON, required=False, default="", allow_blank=True)


class ReplayInput(StrictSerializer):
    """From when on messages are sent again."""

    since = InstantField(help_text="起始时间，含；最近 31 天内。")


class ReplayOutput(serializers.Serializer):
    """How much is sent again."""

    messages = serializers.IntegerField()


class EndpointOutput(serializers.ModelSerializer):
    """An endpoint as the reader may know it: the whole address for its own institution only."""

    id = serializers.UUIDField(source="public_id")
    organization_id = serializers.UUIDField(source="organization.public_id")
    organization_name = serializers.CharField(source="organization.name")
    host = serializers.CharField()
    url = serializers.SerializerMethodField()
    status_label = serializers.CharField(source="get_status_display")
    disabled_by = UnknownAsNullField()
    disabled_reason = UnknownAsNullField()
    last_delivered_at = serializers.DateTimeField(allow_null=True)
    pending_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id",
            "organization_id",
            "organization_name",
            "host",
            "url",
            "event_types",
            "status",
            "status_label",
            "disabled_by",
            "disabled_reason",
            "disabled_at",
            "failing_since",
            "quiet_until",
            "last_delivered_at",
            "pending_count",
            "failed_count",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_url(self, endpoint: WebhookEndpoint) -> str | None:
        """Return the address, null for readers of other organizations."""
        actor = self.context["view"].actor
        return endpoint.url if can_see_address(actor, endpoint) else None


class EndpointWithSecretOutput(EndpointOutput):
    """An endpoint with its new signing secret, this once."""

    secret = serializers.SerializerMethodField(help_text="whsec_…，只显示这一次。")

    class Meta(EndpointOutput.Meta):
        fields = [*EndpointOutput.Meta.fields, "secret"]
        read_only_fields = fields

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        """Return the secret."""
        return self.context["secret"]
