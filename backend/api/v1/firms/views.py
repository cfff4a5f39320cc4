"""Firms: list, open, read, edit, decide the stage."""

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.firms.evaluations import FirmEvaluationsMixin
from backend.api.v1.firms.filters import FirmFilter
from backend.api.v1.firms.package import PACKAGE_TYPE, PackageNegotiation
from backend.api.v1.firms.records import FirmRecordsMixin
from backend.api.v1.firms.serializers import (
    FirmDetailOutput,
    FirmInput,
    FirmOutput,
    NewFirmInput,
    StageOverrideInput,
)
from backend.api.v1.firms.tenancies import FirmTenanciesMixin
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.exchange.own_data_package import export_own_data
from backend.firms import services
from backend.firms.models import Firm
from backend.firms.selectors import get_figures
from backend.organizations.permissions import Permission


class FirmViewSet(
    FirmRecordsMixin, FirmEvaluationsMixin, FirmTenanciesMixin, ListMixin, ResourceViewSet
):
    """Firms that the actor may know of."""

    queryset = Firm.objects.none()
    filterset_class = FirmFilter
    # Takes out what the rules on rows do not show a firm, in the words of its own table.
    unconfined_actions = frozenset({"export"})
    permission_words = {
        "list": Permission.FIRM_VIEW,
        "retrieve": Permission.FIRM_VIEW,
        "create": Permission.FIRM_CREATE,
        "partial_update": Permission.FIRM_EDIT,
        "stage_override": Permission.STAGE_OVERRIDE,
        "export": Permission.FIRM_VIEW,
        **FirmRecordsMixin.record_words,
        **FirmEvaluationsMixin.evaluation_words,
        **FirmTenanciesMixin.tenancy_words,
    }

    def get_queryset(self) -> QuerySet[Firm]:
        """Start from the visible firms, with code, name and region."""
        return Firm.objects.visible_to(self.actor).with_organization()

    def get_serializer_class(self) -> type[BaseSerializer]:
        """Show less in a list."""
        return FirmOutput if self.action == "list" else FirmDetailOutput

    def respond(self, instance: Model, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the firm and the figures that count today."""
        instance.figures = get_figures(instance, self.actor.today)
        return super().respond(instance, status)

    @extend_schema(responses={(200, PACKAGE_TYPE): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, content_negotiation_class=PackageNegotiation)
    def export(self, request: Request, id: str) -> HttpResponse:
        """Hand everything that is held about a firm to its manager, as one ZIP; journalled."""
        refuse_unknown_parameters(request, set())
        firm = self.get_object()
        packed = export_own_data(actor=self.actor, firm=firm, now=timezone.now())
        name = f"kerong-{firm.organization.code}.zip"
        return HttpResponse(
            packed,
            content_type=PACKAGE_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @extend_schema(responses=FirmDetailOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show a firm; always anew, because name and region belong to its organization."""
        return self.respond(self.get_object())

    @extend_schema(request=NewFirmInput, responses={201: FirmDetailOutput})
    def create(self, request: Request) -> Response:
        """Open the record of a firm in the department's region."""
        values = self.read_input(NewFirmInput)
        firm = services.create_firm(
            actor=self.actor,
            uscc=values.pop("uscc"),
            name=values.pop("name"),
            region=values.pop("region", None),
            profile=values,
            today=self.actor.today,
        )
        return self.respond(firm, status.HTTP_201_CREATED)

    @extend_schema(request=FirmInput, responses=FirmDetailOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change the profile."""
        firm = services.update_firm(
            firm=self.get_object(),
            actor=self.actor,
            changes=self.read_input(FirmInput, partial=True),
            expected_revision=self.expected_revision(),
        )
        return self.respond(firm)

    @extend_schema(request=StageOverrideInput, responses=FirmDetailOutput)
    @action(detail=True, methods=["post"], url_path="stage-override")
    def stage_override(self, request: Request, id: str) -> Response:
        """Decide the firm's stage, with a reason; null lifts an earlier decision."""
        firm = services.override_stage(
            firm=self.get_object(),
            actor=self.actor,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(StageOverrideInput),
        )
        return self.respond(firm)
