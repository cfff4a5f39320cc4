"""Filtering by an allow-list; a misspelt filter is told, not ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django_filters.rest_framework import CharFilter, DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView  # settings import this module before it


class RegionCodeFilter(CharFilter):
    """Takes a region's code of six digits; what it means for a resource is the method's affair."""

    def __init__(self, **kwargs: Any) -> None:
        form = RegexValidator(r"^[0-9]{6}\Z", "应为 6 位行政区划代码，例如 220100。")
        super().__init__(validators=[form], **kwargs)


class StrictFilterBackend(DjangoFilterBackend):
    """Apply the view's FilterSet and refuse query parameters that nobody reads."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        """Check the names, then filter."""
        filterset = self.get_filterset(request, queryset, view)
        known = set(view.paginator.query_parameters) if view.paginator else set()
        if filterset is not None:
            known |= set(filterset.filters)
        refuse_unknown_parameters(request, known)
        return super().filter_queryset(request, queryset, view)


def refuse_unknown_parameters(request: Request, known: set[str]) -> None:
    """Refuse query parameters that are not in the allow-list, each by name."""
    errors: dict[str, Any] = {
        name[:40]: [f"没有此查询参数；可用：{'、'.join(sorted(known)) or '无'}。"]
        for name in request.query_params
        if name not in known
    }
    if errors:
        raise ValidationError(errors, code="unknown_parameter")
