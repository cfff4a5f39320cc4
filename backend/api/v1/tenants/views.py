"""Tenants: list, read, import; and where their needs stand."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.rosters.serializers import RosterResultOutput
from backend.api.v1.tenants.serializers import TenantOutput, TenantProgressOutput, TenantsInput
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.exchange.roster_import import import_tenants
from backend.firms.models import Tenancy
from backend.organizations.permissions import Permission
from backend.referrals.tenant_progress import list_tenant_progress, may_see_progress


class TenantFilter(filters.FilterSet):
    """By the firm's code, and the day of moving in."""

    firm = filters.CharFilter(field_name="firm__organization__code", max_length=18)
    ordering = filters.OrderingFilter(fields={"valid_from": "valid_from"})

    class Meta:
        model = Tenancy
        fields: list[str] = []


class TenantViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """The stays in the acting incubator."""

    queryset = Tenancy.objects.none()
    serializer_class = TenantOutput
    filterset_class = TenantFilter
    permission_words = {
        "list": Permission.TENANT_VIEW,
        "retrieve": Permission.TENANT_VIEW,
        "progress": Permission.TENANT_VIEW,
        "import_workbook": Permission.TENANT_IMPORT,
    }

    def get_queryset(self) -> QuerySet[Tenancy]:
        """Start from the stays in the incubator, past ones included."""
        return Tenancy.objects.visible_to(self.actor).select_related("firm__organization")

    @extend_schema(responses=TenantProgressOutput, filters=False)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def progress(self, request: Request, id: str) -> Response:
        """Say where the tenant's needs stand; nothing is there without the firm's leave."""
        refuse_unknown_parameters(request, set())
        tenancy = self.get_object()
        if not may_see_progress(self.actor, tenancy):
            raise Http404
        body = {
            "firm_name": tenancy.firm.organization.name,
            "needs": list_tenant_progress(actor=self.actor, tenancy=tenancy),
        }
        return Response(TenantProgressOutput(body).data)

    @extend_schema(
        request={"multipart/form-data": TenantsInput},
        responses={200: RosterResultOutput, 201: RosterResultOutput},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser])
    def import_workbook(self, request: Request) -> Response:
        """Import the incubator's list, all or nothing; 200 when only tried or nothing was new."""
        values = self.read_input(TenantsInput)
        file = values["file"]
        result = import_tenants(
            actor=self.actor,
            data=file.read(),
            file_name=file.name,
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            is_dry_run=values["dry_run"],
            now=timezone.now(),
        )
        code = status.HTTP_201_CREATED if result.roster else status.HTTP_200_OK
        return Response(RosterResultOutput(result).data, status=code)
