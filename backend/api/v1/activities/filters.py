"""Filters and orders of activities."""

from django_filters import rest_framework as filters

from backend.activities.enums import ActivityKind, ActivityStatus
from backend.activities.models import Activity
from backend.activities.querysets import ActivityQuerySet
from backend.api.filters import RegionCodeFilter
from backend.organizations.querysets import OrganizationQuerySet


class ActivityFilter(filters.FilterSet):
    """By kind, status, host, region and day."""

    kind = filters.MultipleChoiceFilter(choices=ActivityKind.choices)
    status = filters.MultipleChoiceFilter(choices=ActivityStatus.choices)
    host = filters.CharFilter(field_name="host__code", max_length=64)
    region = RegionCodeFilter(method="filter_region", label="行政区划代码")
    since = filters.DateFilter(field_name="ends_on", lookup_expr="gte", label="不早于")
    until = filters.DateFilter(field_name="starts_on", lookup_expr="lt", label="早于")
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", max_length=100)
    ordering = filters.OrderingFilter(fields={"starts_on": "starts_on"})

    class Meta:
        model = Activity
        fields: list[str] = []

    def filter_region(self, queryset: ActivityQuerySet, name: str, value: str) -> ActivityQuerySet:
        """Leave activities held in a region or below."""
        return queryset.filter(OrganizationQuerySet.inside(value))
