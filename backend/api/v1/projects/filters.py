"""Filters and orders of projects; none of them tells what the row itself does not show."""

from django_filters import rest_framework as filters

from backend.activities.enums import ProjectStatus
from backend.activities.models import Project


class ProjectFilter(filters.FilterSet):
    """By status, the activity that a project comes from, and words of its title."""

    status = filters.MultipleChoiceFilter(choices=ProjectStatus.choices)
    activity = filters.UUIDFilter(field_name="activity__public_id")
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", max_length=100)
    ordering = filters.OrderingFilter(fields={"listed_at": "listed_at"})

    class Meta:
        model = Project
        fields: list[str] = []
