"""Matters: list, read, assign to an agency, settle."""

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.matters.serializers import MatterChange, MatterOutput, RepairInput
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.organizations.permissions import Permission
from backend.referrals.models import Matter
from backend.referrals.services import matters


class MatterFilter(filters.FilterSet):
    """By referral, and whether it is settled."""

    referral = filters.UUIDFilter(field_name="referral__public_id")
    open = filters.BooleanFilter(field_name="repaired_at", lookup_expr="isnull", label="未办结")
    ordering = filters.OrderingFilter(fields={"raised_at": "raised_at", "due_on": "due_on"})

    class Meta:
        model = Matter
        fields: list[str] = []


class MatterViewSet(ListMixin, ResourceViewSet):
    """Matters that the actor may know of."""

    queryset = Matter.objects.none()
    serializer_class = MatterOutput
    filterset_class = MatterFilter
    permission_words = {
        "list": Permission.MATTER_VIEW,
        "retrieve": Permission.MATTER_VIEW,
        "partial_update": Permission.MATTER_MANAGE,
        "repair": Permission.MATTER_MANAGE,
    }

    def get_queryset(self) -> QuerySet[Matter]:
        """Start from the visible matters."""
        return (
            Matter.objects.visible_to(self.actor)
            .select_related("referral__need", "referral__institution", "agency", "raised_for")
            .order_by("-raised_at", "-pk")
        )

    @extend_schema(responses=MatterOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one matter."""
        return self.respond(self.get_object())

    @extend_schema(request=MatterChange, responses=MatterOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Say which agency deals with it, how, and by when."""
        matter = matters.update_matter(
            actor=self.actor,
            matter=self.get_object(),
            changes=self.read_input(MatterChange, partial=True),
            expected_revision=self.expected_revision(),
        )
        return self.respond(self.find(self.get_queryset(), matter.public_id))

    @extend_schema(request=RepairInput, responses=MatterOutput)
    @action(detail=True, methods=["post"])
    def repair(self, request: Request, id: str) -> Response:
        """Say how it was settled; the declined referral may be taken up again."""
        matter = matters.repair_matter(
            actor=self.actor,
            matter=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(RepairInput),
        )
        return self.respond(self.find(self.get_queryset(), matter.public_id))
