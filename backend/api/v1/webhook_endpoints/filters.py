"""Filters and orders of endpoints."""

from django_filters import rest_framework as filters

from backend.webhooks.enums import EndpointStatus
from backend.webhooks.models import WebhookEndpoint

_SHOWN = [choice for choice in EndpointStatus.choices if choice[0] != EndpointStatus.REMOVED]


class WebhookEndpointFilter(filters.FilterSet):
    """By institution, state, and whether messages were given up."""

    organization = filters.UUIDFilter(field_name="organization__public_id")
    status = filters.ChoiceFilter(choices=_SHOWN)
    is_failing = filters.BooleanFilter(
        field_name="failing_since", lookup_expr="isnull", exclude=True, label="持续失败"
    )
    ordering = filters.OrderingFilter(
        fields={"created_at": "created_at", "failing_since": "failing_since"}
    )

    class Meta:
        model = WebhookEndpoint
        fields: list[str] = []
