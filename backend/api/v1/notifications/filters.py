"""Filters and orders of the inbox."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.notifications.enums import Importance, SubjectKind
from backend.notifications.models import Notification


class NotificationFilter(filters.FilterSet):
    """By whether it was read, importance, kind, what it is about, and time."""

    unread = filters.BooleanFilter(method="filter_unread")
    importance = filters.ChoiceFilter(choices=Importance.choices)
    kind = filters.CharFilter(max_length=60)
    subject_type = filters.ChoiceFilter(choices=SubjectKind.choices)
    subject = filters.UUIDFilter(field_name="subject_id")
    created_from = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    ordering = filters.OrderingFilter(fields={"created_at": "created_at"})

    class Meta:
        model = Notification
        fields: list[str] = []

    def filter_unread(
        self, queryset: QuerySet[Notification], name: str, value: bool
    ) -> QuerySet[Notification]:
        """Leave what was not read, or what was."""
        return queryset.filter(read_at__isnull=value)
