"""Organizations: list, read, enter, change; and their people."""

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.memberships.serializers import MembershipInput, MembershipOutput
from backend.api.v1.organizations.filters import OrganizationFilter
from backend.api.v1.organizations.serializers import (
    AgencyInput,
    OrganizationChange,
    OrganizationInput,
    OrganizationOutput,
    ServiceRegions,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.common.errors import InvalidInput
from backend.organizations import policies, services
from backend.organizations.enums import Agency, Rank, Role
from backend.organizations.models import Membership, Organization
from backend.organizations.permissions import Permission
from backend.partners.services import set_service_regions


class OrganizationViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Organizations that the actor may know of."""

    queryset = Organization.objects.none()
    serializer_class = OrganizationOutput
    filterset_class = OrganizationFilter
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.ORGANIZATION_VIEW,
        "retrieve": Permission.ORGANIZATION_VIEW,
        "create": Permission.ORGANIZATION_CREATE,
        "partial_update": Permission.ORGANIZATION_EDIT,
        "set_agency": Permission.ORGANIZATION_EDIT,
        "memberships": Permission.MEMBERSHIP_VIEW,
        "add_membership": Permission.MEMBERSHIP_MANAGE,
        "service_regions": Permission.ORGANIZATION_VIEW,
        "set_service_regions": Permission.ORGANIZATION_EDIT,
    }

    def get_queryset(self) -> QuerySet[Organization]:
        """Start from the visible organizations, with the ones above them."""
        return Organization.objects.visible_to(self.actor).select_related("parent")

    @extend_schema(request=OrganizationInput, responses={201: OrganizationOutput})
    def create(self, request: Request) -> Response:
        """Enter an organization."""
        values = self.read_input(OrganizationInput)
        if values.get("parent") is not None:
            values["parent"] = self._find_parent(values["parent"])
        organization = services.create_organization(actor=self.actor, values=values)
        return self.respond(organization, status.HTTP_201_CREATED)

    @extend_schema(request=OrganizationChange, responses=OrganizationOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change name or capacity."""
        organization = services.update_organization(
            actor=self.actor,
            organization=self.get_object(),
            changes=self.read_input(OrganizationChange),
            expected_revision=self.expected_revision(),
        )
        return self.respond(organization)

    @extend_schema(request=AgencyInput, responses=OrganizationOutput)
    @action(detail=True, methods=["post"], url_path="agency")
    def set_agency(self, request: Request, id: str) -> Response:
        """Say of which agency a department is."""
        department = services.set_agency(
            actor=self.actor,
            department=self.get_object(),
            agency=Agency(self.read_input(AgencyInput)["agency"]),
            expected_revision=self.expected_revision(),
        )
        return self.respond(department)

    @extend_schema(responses=MembershipOutput(many=True))
    @action(detail=True, filterset_class=None, serializer_class=MembershipOutput)
    def memberships(self, request: Request, id: str) -> Response:
        """List the people who act for an organization, and who did."""
        refuse_unknown_parameters(request, set(self.paginator.query_parameters))
        people = Membership.objects.visible_to(self.actor).filter(
            organization=self._organization_with_members()
        )
        return self.respond_page(people.select_related("user", "organization"))

    @extend_schema(request=MembershipInput, responses={201: MembershipOutput})
    @memberships.mapping.post
    def add_membership(self, request: Request, id: str) -> Response:
        """Give an existing account a place in an organization."""
        organization = self._organization_with_members()
        values = self.read_input(MembershipInput)
        membership = services.grant_membership(
            actor=self.actor,
            user=_find_user(values["username"]),
            organization=organization,
            role=Role(values["role"]),
            rank=Rank(values["rank"]),
            post=values["post"],
        )
        return Response(MembershipOutput(membership).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ServiceRegions, filters=False)
    @action(detail=True, url_path="service-regions", filterset_class=None, pagination_class=None)
    def service_regions(self, request: Request, id: str) -> Response:
        """List the regions that an institution's unit serves."""
        refuse_unknown_parameters(request, set())
        return self._respond_regions(self.get_object())

    @extend_schema(request=ServiceRegions, responses=ServiceRegions)
    @service_regions.mapping.put
    def set_service_regions(self, request: Request, id: str) -> Response:
        """Replace the regions that a unit serves, each with everything inside it."""
        unit = set_service_regions(
            actor=self.actor,
            unit=self.get_object(),
            expected_revision=self.expected_revision(),
            **self.read_input(ServiceRegions),
        )
        return self._respond_regions(unit)

    def _respond_regions(self, unit: Organization) -> Response:
        codes = list(unit.service_regions.values_list("region_id", flat=True))
        return Response({"regions": codes}, headers={"ETag": self.etag_of(unit)})

    def _organization_with_members(self) -> Organization:
        organization = self.get_object()
        if not policies.can_see_members(self.actor, organization):
            raise Http404
        return organization

    def _find_parent(self, public_id: object) -> Organization:
        parent = self.get_queryset().filter(public_id=public_id).first()
        if parent is None:
            raise InvalidInput.of("parent", "unknown_id", f"没有 id 为 {public_id} 的上级机构。")
        return parent


def _find_user(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise InvalidInput.of("username", "unknown_user", f"没有可用的账号“{username}”。")
    return user
