"""Preferential policies: list, read, draft, change, publish, withdraw."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.policies.filters import PolicyFilter
from backend.api.v1.policies.serializers import (
    PolicyChange,
    PolicyInput,
    PolicyOutput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.catalogue import selectors, services
from backend.catalogue.models import Policy
from backend.organizations.permissions import Permission


class PolicyViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """What institutions grant technology firms beyond their products."""

    queryset = Policy.objects.none()
    serializer_class = PolicyOutput
    filterset_class = PolicyFilter
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.POLICY_VIEW,
        "retrieve": Permission.POLICY_VIEW,
        "create": Permission.POLICY_EDIT,
        "partial_update": Permission.POLICY_EDIT,
        "publish": Permission.POLICY_PUBLISH,
        "withdraw": Permission.POLICY_PUBLISH,
    }

    def get_queryset(self) -> QuerySet[Policy]:
        """Start from the visible policies, by code."""
        visible = Policy.objects.visible_to(self.actor)
        return visible.select_related("institution").order_by("code")

    def revisions_beside(self, instance: Policy) -> tuple[int, ...]:
        """Count the institution, whose name stands with the policy."""
        return (instance.institution.revision,)

    @extend_schema(request=PolicyInput, responses={201: PolicyOutput})
    def create(self, request: Request) -> Response:
        """Draft a policy of one's own institution or of a unit below it."""
        values = self.read_input(PolicyInput)
        institution = self.actor.organization
        if "institution" in values:
            institution = selectors.get_offering_institution(values.pop("institution"))
        policy = services.create_policy(
            actor=self.actor,
            institution=institution,
            code=values.pop("code", None),
            values=values,
        )
        return self.respond(policy, status.HTTP_201_CREATED)

    @extend_schema(request=PolicyChange, responses=PolicyOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a draft, or as manager a published policy."""
        policy = self.get_object()
        policy = services.update_policy(
            actor=self.actor,
            policy=policy,
            expected_revision=self.expected_revision(),
            values=self.read_input(PolicyChange, partial=True),
        )
        return self.respond(policy)

    @extend_schema(request=EmptyInput, responses=PolicyOutput)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Make a draft known to everybody."""
        policy = self.get_object()
        self.read_input(EmptyInput)
        policy = services.publish_policy(
            actor=self.actor,
            policy=policy,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self.respond(policy)

    @extend_schema(request=EmptyInput, responses=PolicyOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take a published policy back, for good."""
        policy = self.get_object()
        self.read_input(EmptyInput)
        policy = services.withdraw_policy(
            actor=self.actor, policy=policy, expected_revision=self.expected_revision()
        )
        return self.respond(policy)
