"""The actions that draw the monthly and the annual report, as JSON and as files."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.negotiation import JSONFirstNegotiation
from backend.api.v1.needs.inquiries import read_day
from backend.api.v1.reports import figure_filters as filters
from backend.api.v1.reports.periodic_schema import ReportAnswer
from backend.organizations.permissions import Permission
from backend.reports.documents.files import MEDIA_TYPES, DocumentKind, write_file
from backend.reports.periodic import Report, ReportKind, draw_report, report_scope

_FILES = {(200, media_type): OpenApiTypes.BINARY for media_type in MEDIA_TYPES.values()}


class FileNegotiation(JSONFirstNegotiation):
    """Take a request for a file of either kind as well; what goes wrong is said in JSON."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer where a file is asked for by its type."""
        accepted = request.META.get("HTTP_ACCEPT", "")
        if any(media_type in accepted for media_type in MEDIA_TYPES.values()):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class PeriodicActionsMixin:
    """Annual and monthly reports of a department."""

    periodic_permission_words = dict.fromkeys(
        ("annual", "annual_document", "monthly", "monthly_document"), Permission.REPORT_DRAW
    )

    @extend_schema(parameters=filters.ANNUAL_PARAMETERS, responses=ReportAnswer, filters=False)
    @action(detail=False)
    def annual(self, request: Request) -> Response:
        """Draw the annual report: text, and each figure with basis, date and its rows."""
        return self._answer(self._draw(request, ReportKind.ANNUAL))

    @extend_schema(
        parameters=[*filters.ANNUAL_PARAMETERS, filters.KIND_PARAMETER],
        responses=_FILES,
        filters=False,
    )
    @action(detail=False, url_path="annual/document", content_negotiation_class=FileNegotiation)
    def annual_document(self, request: Request) -> HttpResponse:
        """Fetch the annual report as a Word or Excel file."""
        return self._file(request, ReportKind.ANNUAL)

    @extend_schema(parameters=filters.MONTHLY_PARAMETERS, responses=ReportAnswer, filters=False)
    @action(detail=False)
    def monthly(self, request: Request) -> Response:
        """Draw the monthly report: text, and each figure with basis, date and its rows."""
        return self._answer(self._draw(request, ReportKind.MONTHLY))

    @extend_schema(
        parameters=[*filters.MONTHLY_PARAMETERS, filters.KIND_PARAMETER],
        responses=_FILES,
        filters=False,
    )
    @action(detail=False, url_path="monthly/document", content_negotiation_class=FileNegotiation)
    def monthly_document(self, request: Request) -> HttpResponse:
        """Fetch the monthly report as a Word or Excel file."""
        return self._file(request, ReportKind.MONTHLY)

    def _draw(self, request: Request, kind: ReportKind, *beside: str) -> Report:
        names = {"year", "as_of", "region", *beside}
        if kind is ReportKind.MONTHLY:
            names.add("month")
        refuse_unknown_parameters(request, names)
        scope = report_scope(
            actor=self.actor,
            kind=kind,
            year=filters.read_number(request, "year"),
            month=filters.read_number(request, "month"),
            region=request.query_params.get("region"),
            as_of=read_day("as_of", request.query_params.get("as_of")),
        )
        return draw_report(scope=scope, kind=kind)

    def _answer(self, report: Report) -> Response:
        return Response(ReportAnswer(report).data)

    def _file(self, request: Request, kind: ReportKind) -> HttpResponse:
        wanted = filters.read_choice(request, "kind", DocumentKind, is_required=True)
        found = write_file(self._draw(request, kind, "kind"), wanted)
        return HttpResponse(
            found.data,
            content_type=found.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{found.name}"',
                "Cache-Control": "no-store",
            },
        )
