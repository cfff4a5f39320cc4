"""Indicators: list, read, enter, correct, withdraw."""

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.indicators.serializers import (
    IndicatorCorrection,
    IndicatorInput,
    IndicatorOutput,
    IndicatorWithdrawal,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.filings import services
from backend.filings.enums import Measure
from backend.filings.models import Indicator
from backend.organizations.permissions import Permission


class IndicatorFilter(filters.FilterSet):
    """By measure, region, series, and whether it is the latest version."""

    measure = filters.ChoiceFilter(choices=Measure.choices)
    region = filters.CharFilter(field_name="region_id", max_length=6)
    series = filters.UUIDFilter()
    latest = filters.BooleanFilter(field_name="replaced_by", lookup_expr="isnull", label="最新版本")
    ordering = filters.OrderingFilter(fields={"covers_until": "covers_until"})

    class Meta:
        model = Indicator
        fields: list[str] = []


class IndicatorViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Figures that officers entered with their source, every version."""

    queryset = Indicator.objects.none()
    serializer_class = IndicatorOutput
    filterset_class = IndicatorFilter
    permission_words = {
        "list": Permission.INDICATOR_VIEW,
        "retrieve": Permission.INDICATOR_VIEW,
        "create": Permission.INDICATOR_EDIT,
        "correct": Permission.INDICATOR_EDIT,
        "withdraw": Permission.INDICATOR_EDIT,
    }

    def get_queryset(self) -> QuerySet[Indicator]:
        """Start from the visible indicators, the latest first."""
        related = ("department", "entered_by", "replaces", "replaced_by")
        visible = Indicator.objects.visible_to(self.actor).select_related(*related)
        return visible.order_by("-covers_until", "-pk")

    @extend_schema(request=IndicatorInput, responses={201: IndicatorOutput})
    def create(self, request: Request) -> Response:
        """Enter a figure with its source and date."""
        values = self.read_input(IndicatorInput)
        indicator = services.enter_indicator(
            actor=self.actor, region=values.pop("region"), values=values, now=timezone.now()
        )
        return self.respond(indicator, status.HTTP_201_CREATED)

    @extend_schema(request=IndicatorCorrection, responses={201: IndicatorOutput})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, id: str) -> Response:
        """Write the next version; the former stays and is named."""
        values = self.read_input(IndicatorCorrection)
        indicator = services.correct_indicator(
            actor=self.actor,
            indicator=self.get_object(),
            reason=values.pop("reason"),
            changes=values,
            now=timezone.now(),
        )
        return self.respond(indicator, status.HTTP_201_CREATED)

    @extend_schema(request=IndicatorWithdrawal, responses={201: IndicatorOutput})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Say that a figure does not stand any more."""
        indicator = services.withdraw_indicator(
            actor=self.actor,
            indicator=self.get_object(),
            now=timezone.now(),
            **self.read_input(IndicatorWithdrawal),
        )
        return self.respond(indicator, status.HTTP_201_CREATED)
