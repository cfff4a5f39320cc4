"""Filters and orders of intents; none of them tells what the row itself does not show."""

from django_filters import rest_framework as filters

from backend.activities.enums import FirmAnswer
from backend.activities.models import Intent


class IntentFilter(filters.FilterSet):
    """By project, institution, activity, the firm's answer, and whether it stands."""

    project = filters.UUIDFilter(field_name="project__public_id")
    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    activity = filters.UUIDFilter(field_name="activity__public_id")
    answer = filters.ChoiceFilter(choices=FirmAnswer.choices)
    standing = filters.BooleanFilter(field_name="dropped_at", lookup_expr="isnull", label="未放弃")
    ordering = filters.OrderingFilter(fields={"declared_at": "declared_at"})

    class Meta:
        model = Intent
        fields: list[str] = []
