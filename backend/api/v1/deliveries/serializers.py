"""What is shown of deliveries."""

from rest_framework import serializers

from backend.api.fields import UnknownAsNullField
from backend.webhooks.enums import MessageStatus
from backend.webhooks.models import WebhookAttempt, WebhookMessage


class AttemptOutput(serializers.ModelSerializer):
    """One request and what came of it."""

    error_kind = UnknownAsNullField()
    error_label = serializers.CharField(source="get_error_kind_display")

    class Meta:
        model = WebhookAttempt
        fields = [
            "number",
            "started_at",
            "duration_ms",
            "status_code",
            "error_kind",
            "error_label",
            "reply",
        ]
        read_only_fields = fields


class DeliveryOutput(serializers.ModelSerializer):
    """A message and where it stands."""

    id = serializers.UUIDField(source="public_id")
    webhook_id = serializers.CharField(help_text="请求头 webhook-id，重发时不变。")
    endpoint_id = serializers.UUIDField(source="endpoint.public_id")
    status = serializers.ChoiceField(choices=MessageStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    last_error = UnknownAsNullField()
    last_error_label = serializers.CharField(source="get_last_error_display")

    class Meta:
        model = WebhookMessage
        fields = [
            "id",
            "webhook_id",
            "endpoint_id",
            "type",
            "status",
            "status_label",
            "attempts",
            "due_at",
            "delivered_at",
            "last_error",
            "last_error_label",
            "created_at",
        ]
        read_only_fields = fields


class DeliveryDetailOutput(DeliveryOutput):
    """A message with what was sent and every attempt."""

    attempt_rows = AttemptOutput(many=True)

    class Meta(DeliveryOutput.Meta):
        fields = [*DeliveryOutput.Meta.fields, "body", "attempt_rows"]
        read_only_fields = fields
