"""Filters and orders of the ledger."""

from django_filters import rest_framework as filters

from backend.consents.enums import Channel
from backend.consents.models import Disclosure


class DisclosureFilter(filters.FilterSet):
    """By firm, need, institution, channel, field and time."""

    firm = filters.UUIDFilter(field_name="firm__public_id")
    need = filters.UUIDFilter(field_name="need__public_id")
    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    channel = filters.ChoiceFilter(choices=Channel.choices)
    shown_from = filters.IsoDateTimeFilter(field_name="shown_at", lookup_expr="gte")
    shown_before = filters.IsoDateTimeFilter(field_name="shown_at", lookup_expr="lt")
    ordering = filters.OrderingFilter(fields={"shown_at": "shown_at"})

    class Meta:
        model = Disclosure
        fields: list[str] = []
