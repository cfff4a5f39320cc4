"""Filters and orders of announcements."""

from django_filters import rest_framework as filters

from backend.announcements.enums import AnnouncementStatus
from backend.announcements.models import Announcement


class AnnouncementFilter(filters.FilterSet):
    """By state, department, whether pinned or read, and words of the title."""

    status = filters.MultipleChoiceFilter(choices=AnnouncementStatus.choices)
    department = filters.CharFilter(field_name="department__code", max_length=64)
    is_pinned = filters.BooleanFilter()
    is_read = filters.BooleanFilter(field_name="is_read")
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", max_length=100)
    ordering = filters.OrderingFilter(
        fields={"published_at": "published_at", "created_at": "created_at"}
    )

    class Meta:
        model = Announcement
        fields: list[str] = []
