"""Endorsements: list, read, give, take back."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.endorsements.serializers import (
    EndorsementInput,
    EndorsementOutput,
    WithdrawEndorsementInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.common.errors import InvalidInput
from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.recommendations.models import Endorsement
from backend.recommendations.selectors import list_endorsable_needs
from backend.recommendations.services import endorsing


class EndorsementFilter(filters.FilterSet):
    """By need, incubator, and whether it stands."""

    need = filters.UUIDFilter(field_name="need__public_id")
    incubator = filters.UUIDFilter(field_name="incubator__public_id")
    standing = filters.BooleanFilter(
        field_name="withdrawn_at", lookup_expr="isnull", label="未撤回"
    )
    ordering = filters.OrderingFilter(fields={"created_at": "created_at"})

    class Meta:
        model = Endorsement
        fields: list[str] = []


class EndorsementViewSet(ListMixin, ResourceViewSet):
    """Endorsements that the actor may know of."""

    queryset = Endorsement.objects.none()
    serializer_class = EndorsementOutput
    filterset_class = EndorsementFilter
    permission_words = {
        "list": Permission.ENDORSEMENT_VIEW,
        "retrieve": Permission.ENDORSEMENT_VIEW,
        "create": Permission.ENDORSEMENT_GIVE,
        "withdraw": Permission.ENDORSEMENT_GIVE,
    }

    def get_queryset(self) -> QuerySet[Endorsement]:
        """Start from the visible ones."""
        return Endorsement.objects.visible_to(self.actor).for_display()

    @extend_schema(responses=EndorsementOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one; always anew, because names belong to organizations."""
        return self.respond(self.get_object())

    @extend_schema(request=EndorsementInput, responses={201: EndorsementOutput})
    def create(self, request: Request) -> Response:
        """Recommend a tenant's need, once; the tenant has let the incubator see it."""
        values = self.read_input(EndorsementInput)
        endorsement = endorsing.endorse_need(
            actor=self.actor, need=self._named_need(values.pop("need")), values=values
        )
        return self._respond(endorsement, status.HTTP_201_CREATED)

    @extend_schema(request=WithdrawEndorsementInput, responses=EndorsementOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take the word back; it stays on record."""
        endorsement = endorsing.withdraw_endorsement(
            actor=self.actor,
            endorsement=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(WithdrawEndorsementInput),
        )
        return self._respond(endorsement)

    def _named_need(self, public_id: UUID) -> Need:
        need = list_endorsable_needs(self.actor).filter(public_id=public_id).first()
        if need is None:
            raise InvalidInput.of(
                "need", "unknown_need", f"没有 id 为“{public_id}”、可由本载体推荐的在孵企业需求。"
            )
        return need

    def _respond(self, endorsement: Endorsement, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), endorsement.public_id), code)
