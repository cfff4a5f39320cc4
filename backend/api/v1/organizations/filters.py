"""Filters and orders of organizations."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.api.filters import RegionCodeFilter
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.organizations.querysets import OrganizationQuerySet
from matching.vocabulary import INSTITUTION_KINDS


class OrganizationFilter(filters.FilterSet):
    """By kind, place and words of the name."""

    kind = filters.ChoiceFilter(choices=OrganizationKind.choices)
    institution_kind = filters.ChoiceFilter(choices=list(INSTITUTION_KINDS.items()))
    region = RegionCodeFilter(method="filter_region", label="行政区划代码；含其下各级")
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=100)
    ordering = filters.OrderingFilter(fields={"name": "name", "created_at": "created_at"})

    class Meta:
        model = Organization
        fields: list[str] = []

    def filter_region(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave organizations in a region or below it."""
        return queryset.filter(OrganizationQuerySet.inside(value))
