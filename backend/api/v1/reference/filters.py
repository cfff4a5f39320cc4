"""Filters of code lists."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.reference.models import Industry, Region, ReportingUnit


class WordsFilter(filters.FilterSet):
    """By words of the name, or the beginning of the code."""

    q = filters.CharFilter(method="filter_words", max_length=60)

    def filter_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave codes that begin with the text and names that contain it."""
        return queryset.filter(Q(pk__istartswith=value) | Q(name__icontains=value))


class RegionFilter(WordsFilter):
    """By level and the division above."""

    parent = filters.CharFilter(field_name="parent_id", max_length=6)
    level = filters.ChoiceFilter(choices=Region.Level.choices)

    class Meta:
        model = Region
        fields: list[str] = []


class IndustryFilter(WordsFilter):
    """By level and the code above."""

    parent = filters.CharFilter(field_name="parent_id", max_length=5)
    level = filters.ChoiceFilter(choices=Industry.Level.choices)

    class Meta:
        model = Industry
        fields: list[str] = []


class ReportingUnitFilter(WordsFilter):
    """By the region that the unit lies in."""

    region = filters.CharFilter(field_name="region_id", max_length=6)

    class Meta:
        model = ReportingUnit
        fields: list[str] = []
