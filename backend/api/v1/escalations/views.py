"""Escalations: overdue referrals on the department's desk, and where their needs go next."""

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.escalations.serializers import (
    ConfirmNextInput,
    DeclineNextInput,
    EscalationOutput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.organizations.permissions import Permission
from backend.referrals.enums import CaseState
from backend.referrals.models import EscalationCase
from backend.referrals.services import next_choice


class EscalationFilter(filters.FilterSet):
    """By state, need and institution."""

    state = filters.MultipleChoiceFilter(choices=CaseState.choices)
    need = filters.UUIDFilter(field_name="referral__need__public_id")
    institution = filters.CharFilter(field_name="referral__institution__code", max_length=64)
    ordering = filters.OrderingFilter(fields={"opened_at": "opened_at", "due_on": "due_on"})

    class Meta:
        model = EscalationCase
        fields: list[str] = []


class EscalationViewSet(ListMixin, ResourceViewSet):
    """Cases of silence in the department's region and below."""

    queryset = EscalationCase.objects.none()
    serializer_class = EscalationOutput
    filterset_class = EscalationFilter
    permission_words = {
        "list": Permission.ESCALATION_DECIDE,
        "retrieve": Permission.ESCALATION_DECIDE,
        "confirm": Permission.ESCALATION_DECIDE,
        "decline": Permission.ESCALATION_DECIDE,
    }

    def get_queryset(self) -> QuerySet[EscalationCase]:
        """Start from the visible cases."""
        return (
            EscalationCase.objects.visible_to(self.actor)
            .select_related(
                "referral__need__firm__organization",
                "referral__institution",
                "next_institution",
                "supplement",
                "decided_by",
            )
            .order_by("-opened_at", "-pk")
        )

    @extend_schema(responses=EscalationOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one case."""
        return self.respond(self.get_object())

    @extend_schema(request=ConfirmNextInput, responses=EscalationOutput)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: str) -> Response:
        """Go on to the next institution: a supplementary list is drafted for approval."""
        case = self.get_object()
        values = self.read_input(ConfirmNextInput)
        case = next_choice.confirm_next(
            actor=self.actor,
            case=case,
            institution_code=values.get("institution"),
            note=values["note"],
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self.respond(self.find(self.get_queryset(), case.public_id))

    @extend_schema(request=DeclineNextInput, responses=EscalationOutput)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: str) -> Response:
        """Leave the need where it is, with a reason."""
        case = next_choice.decline_next(
            actor=self.actor,
            case=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(DeclineNextInput),
        )
        return self.respond(self.find(self.get_queryset(), case.public_id))
