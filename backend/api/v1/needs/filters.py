"""Filters and orders of needs."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.api.filters import RegionCodeFilter
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.querysets import OrganizationQuerySet
from matching.vocabulary import FINANCING_TYPES


class NeedFilter(filters.FilterSet):
    """By status, firm, region and below, type of financing asked for."""

    status = filters.MultipleChoiceFilter(choices=NeedStatus.choices)
    firm = filters.UUIDFilter(field_name="firm__public_id")
    region = RegionCodeFilter(method="filter_region", label="行政区划代码")
    financing_type = filters.ChoiceFilter(
        choices=list(FINANCING_TYPES.items()), method="filter_financing_type"
    )
    ordering = filters.OrderingFilter(
        fields={
            "created_at": "created_at",
            "needed_by": "needed_by",
            "amount_max_yuan": "amount_max_yuan",
        }
    )

    class Meta:
        model = Need
        fields: list[str] = []

    def filter_region(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave the needs of firms in a division or below."""
        return queryset.filter(OrganizationQuerySet.inside(value, path="firm__organization__"))

    def filter_financing_type(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave needs that name a type."""
        return queryset.filter(financing_types__contains=[value])
