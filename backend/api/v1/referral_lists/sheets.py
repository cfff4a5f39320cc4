"""What institutions would be sent or were sent, and how it differs from before."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.referral_lists.outputs import (
    DiffOutput,
    PreviewOutput,
    SheetDetail,
    SheetOutput,
    fallen_of,
)
from backend.api.v1.sheets.workbooks import WORKBOOK_TYPE, WorkbookNegotiation, respond_workbook
from backend.organizations.permissions import Permission
from backend.referrals import list_selectors
from backend.referrals.models import Sheet

_INSTITUTION = OpenApiParameter("institution", str, description="只看这一家机构（代码）。")


class SheetsMixin:
    """Reading sheets."""

    sheet_words = {
        "preview": Permission.LIST_VIEW,
        "sheets": Permission.LIST_VIEW,
        "sheet": Permission.LIST_VIEW,
        "workbook": Permission.LIST_VIEW,
        "diff": Permission.LIST_VIEW,
    }

    @extend_schema(parameters=[_INSTITUTION], responses=PreviewOutput, filters=False)
    @action(detail=True, filterset_class=None)
    def preview(self, request: Request, id: str) -> Response:
        """Show what each institution would be sent now; with ``institution`` to the last field."""
        refuse_unknown_parameters(request, {"institution"})
        found = list_selectors.preview_list(self.get_object(), day=self.actor.today)
        wanted = request.query_params.get("institution")
        sheets = [s for s in found.sheets if wanted is None or s.institution.code == wanted]
        return Response(
            {
                "sheets": [
                    {
                        "institution": sheet.institution.code,
                        "institution_name": sheet.institution.name,
                        "version": sheet.version,
                        "totals": sheet.content["totals"],
                        "content": None
                        if wanted is None
                        else list_selectors.content_as_sent(sheet),
                    }
                    for sheet in sheets
                ],
                "fallen": fallen_of(found.fallen),
            }
        )

    @extend_schema(responses=SheetOutput(many=True))
    @action(detail=True, filterset_class=None, serializer_class=SheetOutput)
    def sheets(self, request: Request, id: str) -> Response:
        """List the sheets that were sent, one per institution."""
        sheets = list_selectors.list_sheets(self.get_object())
        return self.respond_page(self.filter_queryset(sheets))

    @extend_schema(responses=SheetDetail)
    @action(detail=True, url_path="sheets/<uuid:sheet_id>", filterset_class=None)
    def sheet(self, request: Request, id: str, sheet_id: str) -> Response:
        """Show one sheet as it was sent."""
        sheet = self.find(list_selectors.list_sheets(self.get_object()), sheet_id)
        content = list_selectors.content_of(sheet)
        return Response({**SheetOutput(sheet).data, "content": content})

    @extend_schema(responses={(200, WORKBOOK_TYPE): OpenApiTypes.BINARY})
    @action(
        detail=True,
        url_path="sheets/<uuid:sheet_id>/workbook",
        filterset_class=None,
        content_negotiation_class=WorkbookNegotiation,
    )
    def workbook(self, request: Request, id: str, sheet_id: str) -> HttpResponse:
        """Fetch one sheet as a workbook to be passed on; recorded as a disclosure."""
        sheet = self.find(list_selectors.list_sheets(self.get_object()), sheet_id)
        return respond_workbook(actor=self.actor, sheet=sheet)

    @extend_schema(parameters=[_INSTITUTION], responses=DiffOutput(many=True), filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def diff(self, request: Request, id: str) -> Response:
        """Say, per sheet and need, what is new, changed, goes on or was withdrawn."""
        refuse_unknown_parameters(request, {"institution"})
        sheets = list_selectors.list_sheets(self.get_object()).defer(None)
        wanted = request.query_params.get("institution")
        return Response([_compared(sheet) for sheet in _chosen(sheets, wanted)])


def _chosen(sheets: QuerySet[Sheet], institution: str | None) -> QuerySet[Sheet]:
    return sheets if institution is None else sheets.filter(institution__code=institution)


def _compared(sheet: Sheet) -> dict[str, Any]:
    older = sheet.previous
    return {
        "sheet": sheet.public_id,
        "institution": sheet.institution.code,
        "version": sheet.version,
        "against": older and older.public_id,
        "against_version": older and older.version,
        "changes": list_selectors.compare_sheets(sheet, older),
    }
