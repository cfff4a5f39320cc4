"""Filters and orders of products, on the wording that the reader is shown."""

from django.db.models import Q
from django_filters import rest_framework as filters

from backend.api.filters import RegionCodeFilter
from backend.catalogue.enums import ProductStatus
from backend.catalogue.models import Product
from backend.catalogue.querysets import ProductQuerySet, serves_region, serves_stage
from matching.vocabulary import FINANCING_TYPES, STAGES


class ProductFilter(filters.FilterSet):
    """By institution, state, kind of financing, stage and region served, and words."""

    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    status = filters.ChoiceFilter(choices=ProductStatus.choices)
    financing_type = filters.ChoiceFilter(
        choices=list(FINANCING_TYPES.items()), method="filter_financing_type"
    )
    stage = filters.ChoiceFilter(choices=list(STAGES.items()), method="filter_stage")
    region = RegionCodeFilter(method="filter_region", label="行政区划代码")
    q = filters.CharFilter(method="filter_words", max_length=100)
    ordering = filters.OrderingFilter(fields={"code": "code", "public_changed_at": "updated_at"})

    class Meta:
        model = Product
        fields: list[str] = []

    def filter_financing_type(self, queryset: ProductQuerySet, name: str, value: str):
        """Leave products of one kind of financing."""
        return queryset.showing(Q(financing_type=value))

    def filter_stage(self, queryset: ProductQuerySet, name: str, value: str):
        """Leave products that do not rule a stage out."""
        return queryset.showing(serves_stage(value))

    def filter_region(self, queryset: ProductQuerySet, name: str, value: str):
        """Leave products that do not rule a region out."""
        return queryset.showing(serves_region(value))

    def filter_words(self, queryset: ProductQuerySet, name: str, value: str):
        """Leave products whose name, series, code or institution has these words."""
        return queryset.filter(
            Q(code__icontains=value)
            | Q(institution__name__icontains=value)
            | Q(pk__in=queryset.showing(Q(name__icontains=value) | Q(series__icontains=value)))
        )
