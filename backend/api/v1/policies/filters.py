"""Filters and orders of preferential policies."""

from django.db.models import Q
from django_filters import rest_framework as filters

from backend.api.filters import RegionCodeFilter
from backend.catalogue.enums import PolicyStatus
from backend.catalogue.models import Policy
from backend.catalogue.querysets import PolicyQuerySet, serves_region


class PolicyFilter(filters.FilterSet):
    """By institution, state, region served and words."""

    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    status = filters.ChoiceFilter(choices=PolicyStatus.choices)
    region = RegionCodeFilter(method="filter_region", label="行政区划代码")
    q = filters.CharFilter(method="filter_words", max_length=100)
    ordering = filters.OrderingFilter(fields={"code": "code", "updated_at": "updated_at"})

    class Meta:
        model = Policy
        fields: list[str] = []

    def filter_region(self, queryset: PolicyQuerySet, name: str, value: str) -> PolicyQuerySet:
        """Leave policies that do not rule a region out."""
        return queryset.filter(serves_region(value))

    def filter_words(self, queryset: PolicyQuerySet, name: str, value: str) -> PolicyQuerySet:
        """Leave policies whose title, content, code or institution has these words."""
        return queryset.filter(
            Q(title__icontains=value)
            | Q(content__icontains=value)
            | Q(code__icontains=value)
            | Q(institution__name__icontains=value)
        )
