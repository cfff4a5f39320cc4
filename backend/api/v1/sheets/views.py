"""Sheets: what an institution was sent of lists, as workbooks out and in."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.referral_lists.outputs import SheetOutput
from backend.api.v1.sheets.filters import SheetFilter
from backend.api.v1.sheets.serializers import ReturnedInput, ReturnedOutput
from backend.api.v1.sheets.workbooks import WORKBOOK_TYPE, WorkbookNegotiation, respond_workbook
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.exchange.returned_import import import_returned
from backend.organizations.permissions import Permission
from backend.referrals.models import Sheet


class SheetViewSet(ListMixin, ResourceViewSet):
    """The sheets that an institution was sent, or a department has sent."""

    queryset = Sheet.objects.none()
    serializer_class = SheetOutput
    filterset_class = SheetFilter
    permission_words = {
        "list": Permission.REFERRAL_VIEW,
        "workbook": Permission.REFERRAL_VIEW,
        "returned": Permission.REFERRAL_VIEW,
    }

    def get_queryset(self) -> QuerySet[Sheet]:
        """Start from the visible sheets, the newest first."""
        return Sheet.objects.visible_to(self.actor).for_display().order_by("-sent_at", "-pk")

    @extend_schema(responses={(200, WORKBOOK_TYPE): OpenApiTypes.BINARY})
    @action(detail=True, content_negotiation_class=WorkbookNegotiation)
    def workbook(self, request: Request, id: str) -> HttpResponse:
        """Fetch a sheet as a workbook to be filled in; recorded as a disclosure."""
        return respond_workbook(actor=self.actor, sheet=self.get_object())

    @extend_schema(request={"multipart/form-data": ReturnedInput}, responses=ReturnedOutput)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def returned(self, request: Request, id: str) -> Response:
        """Read a filled-in workbook back: good rows take effect, the others are named."""
        sheet = self.get_object()
        values = self.read_input(ReturnedInput)
        result = import_returned(
            actor=self.actor, sheet=sheet, data=values["file"].read(), now=timezone.now()
        )
        return Response(ReturnedOutput(result).data)
