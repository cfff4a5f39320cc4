"""Filters and orders of recommendations."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.api.filters import RegionCodeFilter
from backend.organizations.enums import Agency, DepartmentLevel
from backend.organizations.querysets import OrganizationQuerySet
from backend.recommendations.enums import RecommendationStatus
from backend.recommendations.models import Recommendation


class RecommendationFilter(filters.FilterSet):
    """By status, level, agency, the level that it waits for, department, need, region."""

    status = filters.MultipleChoiceFilter(choices=RecommendationStatus.choices)
    level = filters.ChoiceFilter(choices=DepartmentLevel.choices)
    agency = filters.ChoiceFilter(choices=Agency.choices)
    awaiting_level = filters.ChoiceFilter(choices=DepartmentLevel.choices)
    department = filters.UUIDFilter(field_name="department__public_id")
    need = filters.UUIDFilter(field_name="need__public_id")
    region = RegionCodeFilter(method="filter_region", label="行政区划代码")
    ordering = filters.OrderingFilter(
        fields={"created_at": "created_at", "submitted_at": "submitted_at"}
    )

    class Meta:
        model = Recommendation
        fields: list[str] = []

    def filter_region(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave those of firms in a division or below."""
        return queryset.filter(
            OrganizationQuerySet.inside(value, path="need__firm__organization__")
        )
