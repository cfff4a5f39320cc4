"""Reports over the needs of a department's region and below."""

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.needs.inquiries import read_day
from backend.api.v1.needs.matches import TOP_PARAMETER, read_top
from backend.api.v1.reports.figures import FigureActionsMixin
from backend.api.v1.reports.periodic import PeriodicActionsMixin
from backend.api.v1.reports.recommended import RecommendedActionsMixin
from backend.api.v1.reports.schema import CoverageAnswer, OpenNeedsCalendarAnswer
from backend.api.v1.reports.sources import SourceActionsMixin
from backend.api.viewsets import ResourceViewSet
from backend.matches.coverage import answer_coverage
from backend.matches.open_needs_calendar import answer_open_needs_calendar
from backend.needs.models import Need
from backend.organizations.permissions import Permission

UNTIL_PARAMETER = OpenApiParameter(
    "until",
    {"type": "string", "format": "date"},
    description="最后一天（含），默认为三十天后，最长一年。",
)


class ReportViewSet(
    FigureActionsMixin,
    RecommendedActionsMixin,
    SourceActionsMixin,
    PeriodicActionsMixin,
    ResourceViewSet,
):
    """Figures over many needs, computed when they are asked for."""

    queryset = Need.objects.none()
    permission_words = {
        "coverage": Permission.MATCH_VIEW,
        "calendar": Permission.MATCH_VIEW,
        **FigureActionsMixin.figure_permission_words,
        **RecommendedActionsMixin.recommended_permission_words,
        **SourceActionsMixin.source_permission_words,
        **PeriodicActionsMixin.periodic_permission_words,
    }

    def get_queryset(self) -> QuerySet[Need]:
        """Start from the visible needs."""
        return Need.objects.visible_to(self.actor)

    @extend_schema(parameters=[TOP_PARAMETER], responses=CoverageAnswer, filters=False)
    @action(detail=False)
    def coverage(self, request: Request) -> HttpResponse:
        """Show the open needs that no product serves, and which relaxed conditions would.

        `top` cuts the relaxations. Their counts overlap: each counts the needs that it alone
        would serve.
        """
        body = answer_coverage(actor=self.actor, top=read_top(request))
        return HttpResponse(body, content_type="application/json")

    @extend_schema(parameters=[UNTIL_PARAMETER], responses=OpenNeedsCalendarAnswer, filters=False)
    @action(detail=False)
    def calendar(self, request: Request) -> HttpResponse:
        """Show the days on which open needs gain or lose products with nothing but time passing.

        Over the open needs of the department's region and below.
        """
        refuse_unknown_parameters(request, {"until"})
        until = read_day("until", request.query_params.get("until"))
        body = answer_open_needs_calendar(actor=self.actor, until=until)
        return HttpResponse(body, content_type="application/json")
