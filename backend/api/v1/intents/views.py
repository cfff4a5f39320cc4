"""Intents: list, read, declare, advance, drop; the firm's answer."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.activities import selectors
from backend.activities.enums import FirmAnswer, IntentLevel
from backend.activities.models import Activity, Intent, Project
from backend.activities.services import intents
from backend.api.v1.intents.filters import IntentFilter
from backend.api.v1.intents.serializers import (
    AdvanceInput,
    AnswerInput,
    DropInput,
    IntentInput,
    IntentOutput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.common.errors import InvalidInput
from backend.organizations.permissions import Permission


class IntentViewSet(ListMixin, ResourceViewSet):
    """Investors' intents that the actor may know of; none of them is a drawdown."""

    queryset = Intent.objects.none()
    serializer_class = IntentOutput
    filterset_class = IntentFilter
    # Investors read of needs that were never referred to them, in the words of the disclosure
    # policy: the rules on rows do not know the library.
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.INTENT_VIEW,
        "retrieve": Permission.INTENT_VIEW,
        "create": Permission.INTENT_DECLARE,
        "advance": Permission.INTENT_DECLARE,
        "drop": Permission.INTENT_DECLARE,
        "answer": Permission.INTENT_ANSWER,
    }

    def get_queryset(self) -> QuerySet[Intent]:
        """Start from the visible intents, the newest first."""
        visible = Intent.objects.visible_to(self.actor)
        return visible.with_story().order_by("-declared_at", "-pk")

    def respond_page(self, queryset: QuerySet) -> Response:
        """Answer with one page."""
        page = self.paginate_queryset(queryset)
        serializer = IntentOutput(page, many=True, context=self._context(page))
        return self.get_paginated_response(serializer.data)

    @extend_schema(responses=IntentOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one intent; always anew, because it may lead to a referral meanwhile."""
        return self.respond(self.get_object())

    @extend_schema(request=IntentInput, responses={201: IntentOutput})
    def create(self, request: Request) -> Response:
        """Declare an intent towards a project that one's institution may see."""
        values = self._read(IntentInput)
        projects = Project.objects.visible_to(self.actor)
        values["project"] = self._named(projects, "project", values["project"])
        if values["activity"] is not None:
            visible = Activity.objects.visible_to(self.actor)
            values["activity"] = self._named(visible, "activity", values["activity"])
        intent = intents.declare_intent(actor=self.actor, now=timezone.now(), **values)
        return self.respond(self._anew(intent), status.HTTP_201_CREATED)

    @extend_schema(request=AdvanceInput, responses=IntentOutput)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, id: str) -> Response:
        """Carry an intent on, or correct what was said last."""
        what = self._what()
        return self._done(intents.advance_intent(**what, **self._read(AdvanceInput)))

    @extend_schema(request=DropInput, responses=IntentOutput)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, id: str) -> Response:
        """Give an intent up."""
        return self._done(intents.drop_intent(**self._what(), **self.read_input(DropInput)))

    @extend_schema(request=AnswerInput, responses=IntentOutput)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, id: str) -> Response:
        """Say for the firm whether it wishes to talk."""
        what = self._what()
        values = self.read_input(AnswerInput)
        values["answer"] = FirmAnswer(values["answer"])
        return self._done(intents.answer_intent(**what, **values))

    def respond(self, instance: Intent, status: int = status.HTTP_200_OK) -> Response:
        """Answer with an intent and its ETag."""
        serializer = IntentOutput(instance, context=self._context([instance]))
        return Response(
            serializer.data, status=status, headers={"ETag": self.etag_of(instance) or ""}
        )

    def _read(self, serializer: type[AdvanceInput]) -> dict[str, Any]:
        values = self.read_input(serializer)
        values["level"] = IntentLevel(values["level"])
        values["happened_on"] = values.pop("date")
        return values

    def _what(self) -> dict[str, Any]:
        """Return what every service on an intent is told."""
        return {
            "actor": self.actor,
            "intent": self.get_object(),
            "expected_revision": self.expected_revision(),
            "now": timezone.now(),
        }

    def _done(self, intent: Intent) -> Response:
        return self.respond(self._anew(intent))

    def _anew(self, intent: Intent) -> Intent:
        return self.find(self.get_queryset(), intent.public_id)

    def _named(self, queryset: QuerySet, field: str, public_id: UUID) -> Any:
        found = queryset.filter(public_id=public_id).first()
        if found is None:
            raise InvalidInput.of(field, "unknown_id", f"没有 id 为 {public_id} 的对象。")
        return found

    def _context(self, found: list[Intent]) -> dict[str, Any]:
        return {
            **self.get_serializer_context(),
            "actor": self.actor,
            "referrals": selectors.list_referrals_of(found),
        }
