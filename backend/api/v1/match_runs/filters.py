"""Filters and orders of match runs."""

from django_filters import rest_framework as filters

from backend.matches.enums import RunStatus
from backend.matches.models import MatchRun


class MatchRunFilter(filters.FilterSet):
    """By status and day."""

    status = filters.ChoiceFilter(choices=RunStatus.choices)
    as_of = filters.DateFilter()
    ordering = filters.OrderingFilter(fields={"started_at": "started_at", "as_of": "as_of"})

    class Meta:
        model = MatchRun
        fields: list[str] = []
