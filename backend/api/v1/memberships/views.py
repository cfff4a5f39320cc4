"""People's places: list, read, prove authority, end."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.memberships.filters import MembershipFilter
from backend.api.v1.memberships.serializers import AuthorityInput, MembershipOutput
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.organizations import services
from backend.organizations.enums import AuthorityBasis
from backend.organizations.models import Membership
from backend.organizations.permissions import Permission


class MembershipViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Places of people that the actor may know of."""

    queryset = Membership.objects.none()
    serializer_class = MembershipOutput
    filterset_class = MembershipFilter
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.MEMBERSHIP_VIEW,
        "retrieve": Permission.MEMBERSHIP_VIEW,
        "prove_authority": Permission.AUTHORITY_PROVE,
        "end": Permission.MEMBERSHIP_MANAGE,
    }

    def get_queryset(self) -> QuerySet[Membership]:
        """Start from the visible places, with person and organization."""
        return Membership.objects.visible_to(self.actor).select_related("user", "organization")

    @extend_schema(request=AuthorityInput, responses=MembershipOutput)
    @action(detail=True, methods=["post"], url_path="prove-authority")
    def prove_authority(self, request: Request, id: str) -> Response:
        """Record the proof that an account may act for its firm or incubator."""
        membership = self.get_object()
        values = self.read_input(AuthorityInput)
        membership = services.prove_authority(
            actor=self.actor,
            membership=membership,
            basis=AuthorityBasis(values.pop("basis")),
            now=timezone.now(),
            **values,
        )
        return self.respond(membership)

    @extend_schema(request=EmptyInput, responses=MembershipOutput)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: str) -> Response:
        """End a place at once."""
        membership = self.get_object()
        self.read_input(EmptyInput)
        return self.respond(services.end_membership(actor=self.actor, membership=membership))
