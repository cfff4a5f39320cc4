"""Filters and orders of deliveries."""

from django_filters import rest_framework as filters

from backend.webhooks.enums import MessageStatus
from backend.webhooks.models import WebhookMessage


class DeliveryFilter(filters.FilterSet):
    """By endpoint, state, type and time."""

    endpoint = filters.UUIDFilter(field_name="endpoint__public_id")
    status = filters.ChoiceFilter(choices=MessageStatus.choices)
    type = filters.CharFilter(max_length=60)
    created_from = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    ordering = filters.OrderingFilter(fields={"created_at": "created_at"})

    class Meta:
        model = WebhookMessage
        fields: list[str] = []
