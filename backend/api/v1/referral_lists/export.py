"""A whole list as one workbook."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.sheets.workbooks import WORKBOOK_TYPE, WorkbookNegotiation
from backend.exchange.whole_list_workbook import export_list, name_of
from backend.organizations.permissions import Permission


class ListExportMixin:
    """All rows of one list, for the department that made it."""

    export_words = {"export": Permission.LIST_VIEW}

    @extend_schema(responses={(200, WORKBOOK_TYPE): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, content_negotiation_class=WorkbookNegotiation)
    def export(self, request: Request, id: str) -> HttpResponse:
        """Fetch a whole list as a workbook, all institutions' rows; journalled."""
        refuse_unknown_parameters(request, set())
        own = self.get_queryset().filter(department=self.actor.organization)
        found = self.find(own, id)
        return HttpResponse(
            export_list(actor=self.actor, referral_list=found),
            content_type=WORKBOOK_TYPE,
            headers={
                "Content-Disposition": f'attachment; filename="{name_of(found)}"',
                "Cache-Control": "no-store",
            },
        )
