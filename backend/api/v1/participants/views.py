"""Participants: list, read, admit, refuse, leave, note presence, award."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.activities.models import Participation
from backend.activities.services import participants
from backend.api.serializers import EmptyInput
from backend.api.v1.participants.filters import ParticipantFilter
from backend.api.v1.participants.serializers import (
    AwardInput,
    NoteInput,
    ParticipantOutput,
    PresenceInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.organizations.permissions import Permission


class ParticipantViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Places in activities that the actor may know of."""

    queryset = Participation.objects.none()
    serializer_class = ParticipantOutput
    filterset_class = ParticipantFilter
    permission_words = {
        "list": Permission.PARTICIPANT_VIEW,
        "retrieve": Permission.PARTICIPANT_VIEW,
        "admit": Permission.PARTICIPANT_DECIDE,
        "refuse": Permission.PARTICIPANT_DECIDE,
        "leave": Permission.PARTICIPANT_APPLY,
        "attend": Permission.PARTICIPANT_DECIDE,
        "award": Permission.PARTICIPANT_DECIDE,
    }

    def get_queryset(self) -> QuerySet[Participation]:
        """Start from the visible ones, the latest application first."""
        visible = Participation.objects.visible_to(self.actor)
        return visible.with_parties().order_by("-applied_at", "-pk")

    def revisions_beside(self, instance: Participation) -> tuple[int, ...]:
        """Count the activity and the organization, whose names stand there."""
        return (instance.activity.revision, instance.organization.revision)

    @extend_schema(request=EmptyInput, responses=ParticipantOutput)
    @action(detail=True, methods=["post"])
    def admit(self, request: Request, id: str) -> Response:
        """Admit an applicant; when every place is taken, they wait."""
        what = self._what()
        self.read_input(EmptyInput)
        return self._done(participants.admit(**what))

    @extend_schema(request=NoteInput, responses=ParticipantOutput)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, id: str) -> Response:
        """Turn an applicant down."""
        return self._done(participants.refuse(**self._what(), **self.read_input(NoteInput)))

    @extend_schema(request=EmptyInput, responses=ParticipantOutput)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, id: str) -> Response:
        """Take somebody out; whoever waits longest moves up."""
        what = self._what()
        self.read_input(EmptyInput)
        return self._done(participants.leave(**what))

    @extend_schema(request=PresenceInput, responses=ParticipantOutput)
    @action(detail=True, methods=["post"])
    def attend(self, request: Request, id: str) -> Response:
        """Note whether they came."""
        what = self._what()
        values = self.read_input(PresenceInput)
        return self._done(participants.note_presence(**what, **values, now=timezone.now()))

    @extend_schema(request=AwardInput, responses=ParticipantOutput)
    @action(detail=True, methods=["post"])
    def award(self, request: Request, id: str) -> Response:
        """Record what a firm won; it becomes its qualification."""
        what = self._what()
        values = self.read_input(AwardInput)
        return self._done(participants.award(**what, **values, now=timezone.now()))

    def _what(self) -> dict[str, Any]:
        """Return what every service on a participation is told."""
        return {
            "actor": self.actor,
            "participation": self.get_object(),
            "expected_revision": self.expected_revision(),
        }

    def _done(self, held: Participation) -> Response:
        return self.respond(self.find(self.get_queryset(), held.public_id))
