"""Outcomes from before the platform: list sources, import, take a source back."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.past_results.serializers import (
    PastImportOutput,
    PastResultsInput,
    PastSourceOutput,
)
from backend.api.v1.sheets.workbooks import WORKBOOK_TYPE, WorkbookNegotiation
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.exchange.past_results_import import import_past_results
from backend.exchange.past_results_template import write_template
from backend.learning.models import PastSource
from backend.learning.services.sources import withdraw_source
from backend.organizations.permissions import Permission
from backend.ranking import policies


class PastResultViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Sources, for heads of departments; the province's import them and take them back."""

    queryset = PastSource.objects.none()
    serializer_class = PastSourceOutput
    permission_words = {
        "list": Permission.MODEL_VIEW,
        "retrieve": Permission.MODEL_VIEW,
        "template": Permission.MODEL_VIEW,
        "import_table": Permission.MODEL_MANAGE,
        "withdraw": Permission.MODEL_MANAGE,
    }

    def get_queryset(self) -> QuerySet[PastSource]:
        """Start from the visible sources, the newest first."""
        return PastSource.objects.visible_to(self.actor).order_by("-pk")

    @extend_schema(
        request={"multipart/form-data": PastResultsInput},
        responses={200: PastImportOutput, 201: PastImportOutput},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser])
    def import_table(self, request: Request) -> Response:
        """Import a table, all or nothing; 200 when it only was tried or held nothing new."""
        # A city's head has the word, too; no file of theirs is looked at.
        policies.require_can_manage_models(self.actor)
        values = self.read_input(PastResultsInput)
        file = values["file"]
        result = import_past_results(
            actor=self.actor,
            data=file.read(),
            file_name=file.name,
            source=values["source"],
            is_dry_run=values["dry_run"],
            now=timezone.now(),
        )
        code = status.HTTP_201_CREATED if result.source else status.HTTP_200_OK
        return Response(PastImportOutput(result).data, status=code)

    @extend_schema(responses={(200, WORKBOOK_TYPE): OpenApiTypes.BINARY}, filters=False)
    @action(detail=False, content_negotiation_class=WorkbookNegotiation, pagination_class=None)
    def template(self, request: Request) -> HttpResponse:
        """Hand out the empty workbook, with notes."""
        refuse_unknown_parameters(request, set())
        return HttpResponse(
            write_template(),
            content_type=WORKBOOK_TYPE,
            headers={"Content-Disposition": 'attachment; filename="past-results.xlsx"'},
        )

    @extend_schema(request=EmptyInput, responses=PastSourceOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Let no version learn from a source from now on; versions that did stay as they are."""
        source = self.get_object()
        self.read_input(EmptyInput)
        source = withdraw_source(
            actor=self.actor,
            source=source,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self.respond(self.find(self.get_queryset(), source.public_id))
