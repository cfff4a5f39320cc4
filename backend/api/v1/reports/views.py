"""Reports over the needs of a department's region and below."""

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from backend.api.v1.needs.matches import TOP_PARAMETER, read_top
from backend.api.v1.reports.schema import CoverageAnswer
from backend.api.viewsets import ResourceViewSet
from backend.matches.coverage import answer_coverage
from backend.needs.models import Need
from backend.organizations.permissions import Permission


class ReportViewSet(ResourceViewSet):
    """Figures over many needs, computed when they are asked for."""

    queryset = Need.objects.none()
    permission_words = {"coverage": Permission.MATCH_VIEW}

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
