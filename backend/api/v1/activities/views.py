"""Activities: list, read, plan, change, announce, hold, cancel; who takes part."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.activities.enums import Part
from backend.activities.models import Activity, Participation
from backend.activities.services import activities, participants
from backend.api.serializers import EmptyInput
from backend.api.v1.activities.filters import ActivityFilter
from backend.api.v1.activities.serializers import (
    ActivityChange,
    ActivityOutput,
    CancelInput,
    HoldInput,
)
from backend.api.v1.participants.filters import EntryFilter
from backend.api.v1.participants.serializers import EntryInput, ParticipantOutput
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.catalogue.selectors import get_offering_institution
from backend.common.errors import InvalidInput
from backend.firms.services import choose_firm
from backend.needs.models import Need
from backend.organizations.permissions import Permission


class ActivityViewSet(ListMixin, ResourceViewSet):
    """Activities that were announced, and one's own plans."""

    queryset = Activity.objects.none()
    serializer_class = ActivityOutput
    filterset_class = ActivityFilter
    permission_words = {
        "list": Permission.ACTIVITY_VIEW,
        "retrieve": Permission.ACTIVITY_VIEW,
        "create": Permission.ACTIVITY_EDIT,
        "partial_update": Permission.ACTIVITY_EDIT,
        "announce": Permission.ACTIVITY_EDIT,
        "hold": Permission.ACTIVITY_EDIT,
        "cancel": Permission.ACTIVITY_EDIT,
        "participants": Permission.PARTICIPANT_VIEW,
        "enter": Permission.PARTICIPANT_APPLY,
    }

    def get_queryset(self) -> QuerySet[Activity]:
        """Start from the visible activities, the latest first."""
        visible = Activity.objects.visible_to(self.actor)
        return visible.with_parties().with_counts().order_by("-starts_on", "-pk")

    @extend_schema(responses=ActivityOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one activity; always anew, because places fill up without a revision of it."""
        return self.respond(self.get_object())

    @extend_schema(request=ActivityChange, responses={201: ActivityOutput})
    def create(self, request: Request) -> Response:
        """Plan an activity of one's own department or incubator."""
        made = activities.create_activity(actor=self.actor, values=self.read_input(ActivityChange))
        return self._respond_anew(made, status.HTTP_201_CREATED)

    @extend_schema(request=ActivityChange, responses=ActivityOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change what was planned or announced."""
        activity = self.get_object()
        changed = activities.update_activity(
            actor=self.actor,
            activity=activity,
            changes=self.read_input(ActivityChange, partial=True),
            expected_revision=self.expected_revision(),
        )
        return self._respond_anew(changed)

    @extend_schema(request=EmptyInput, responses=ActivityOutput)
    @action(detail=True, methods=["post"])
    def announce(self, request: Request, id: str) -> Response:
        """Let everybody know, and applications come in."""
        activity = self.get_object()
        self.read_input(EmptyInput)
        announced = activities.announce_activity(
            actor=self.actor,
            activity=activity,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_anew(announced)

    @extend_schema(request=HoldInput, responses=ActivityOutput)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, id: str) -> Response:
        """Say that it took place."""
        activity = self.get_object()
        held = activities.hold_activity(
            actor=self.actor,
            activity=activity,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(HoldInput),
        )
        return self._respond_anew(held)

    @extend_schema(request=CancelInput, responses=ActivityOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Give it up, with a reason."""
        activity = self.get_object()
        cancelled = activities.cancel_activity(
            actor=self.actor,
            activity=activity,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(CancelInput),
        )
        return self._respond_anew(cancelled)

    @extend_schema(responses=ParticipantOutput(many=True))
    @action(detail=True, filterset_class=EntryFilter, serializer_class=ParticipantOutput)
    def participants(self, request: Request, id: str) -> Response:
        """List those that the reader may know of: the host sees all, others their own."""
        visible = Participation.objects.visible_to(self.actor).filter(activity=self.get_object())
        rows = visible.with_parties().order_by("applied_at", "pk")
        return self.respond_page(self.filter_queryset(rows))

    @extend_schema(request=EntryInput, responses={201: ParticipantOutput})
    @participants.mapping.post
    def enter(self, request: Request, id: str) -> Response:
        """Apply for a firm, or register an institution."""
        activity = self.get_object()
        values = self.read_input(EntryInput)
        institution, part = values.pop("institution"), values.pop("part")
        if institution is not None or self.actor.is_institution:
            entered = participants.register_institution(
                actor=self.actor,
                activity=activity,
                institution=(
                    self.actor.organization
                    if institution is None
                    else get_offering_institution(institution)
                ),
                part=Part(part),
                now=timezone.now(),
            )
        else:
            entered = participants.enter_firm(
                actor=self.actor,
                activity=activity,
                firm=choose_firm(self.actor, uscc=values.pop("firm")),
                need=self._find_need(values.pop("need")),
                now=timezone.now(),
                **values,
            )
        shown = Participation.objects.with_parties().get(pk=entered.pk)
        return Response(
            ParticipantOutput(shown, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED,
            headers={"ETag": self.etag_of(shown) or ""},
        )

    def _find_need(self, public_id: object) -> Need | None:
        if public_id is None:
            return None
        found = Need.objects.visible_to(self.actor).filter(public_id=public_id).first()
        if found is None:
            raise InvalidInput.of("need", "unknown_id", f"没有 id 为 {public_id} 的需求。")
        return found

    def _respond_anew(self, activity: Activity, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), activity.public_id), code)
