"""Answers with a workbook instead of JSON."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from backend.api.negotiation import JSONFirstNegotiation
from backend.exchange.sheet_workbook import write_sheet
from backend.organizations.actors import Actor
from backend.referrals.models import Sheet

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookNegotiation(JSONFirstNegotiation):
    """Take a request for a workbook as well; what goes wrong is said in JSON."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer where a workbook is asked for by name."""
        if WORKBOOK_TYPE in request.META.get("HTTP_ACCEPT", ""):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


def respond_workbook(*, actor: Actor, sheet: Sheet) -> HttpResponse:
    """Answer with a sheet's workbook, never to be kept by anybody on the way."""
    data = write_sheet(actor=actor, sheet=sheet, now=timezone.now())
    name = f"sheet-{sheet.institution.code}-v{sheet.version}.xlsx"
    return HttpResponse(
        data,
        content_type=WORKBOOK_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
