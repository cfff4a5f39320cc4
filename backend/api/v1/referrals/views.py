"""Referrals: the institution's inbox, the firm's and the department's view, and every answer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.matters.serializers import MatterOutput
from backend.api.v1.referrals import inputs
from backend.api.v1.referrals.answers import ReferralAnswersMixin
from backend.api.v1.referrals.filters import ReferralFilter
from backend.api.v1.referrals.serializers import ReferralOutput, ReferralRowOutput
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.common.errors import InvalidInput
from backend.organizations.permissions import Permission
from backend.referrals import progress
from backend.referrals.models import Drawdown, Referral
from backend.referrals.services import documents, matters, outcomes


class ReferralViewSet(ReferralAnswersMixin, ListMixin, ResourceViewSet):
    """Referrals that the actor may know of."""

    queryset = Referral.objects.none()
    serializer_class = ReferralOutput
    filterset_class = ReferralFilter
    permission_words = {
        "list": Permission.REFERRAL_VIEW,
        "retrieve": Permission.REFERRAL_VIEW,
        "give_documents": Permission.DOCUMENT_GIVE,
        "confirm": Permission.OUTCOME_CONFIRM,
        "contest": Permission.OUTCOME_CONFIRM,
        "reconcile": Permission.OUTCOME_RECONCILE,
        "matters": Permission.MATTER_RAISE,
        **ReferralAnswersMixin.answer_permission_words,
    }

    def get_queryset(self) -> QuerySet[Referral]:
        """Start from the visible referrals, with their story and the reader's unread marks."""
        visible = Referral.objects.visible_to(self.actor)
        return visible.with_story().with_unread_of(self.actor.user).order_by("-sent_at", "-pk")

    @extend_schema(responses=ReferralRowOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the visible referrals; what an institution is shown is recorded."""
        return super().list(request)

    @transaction.atomic
    def respond_page(self, queryset: QuerySet) -> Response:
        """Answer with one page, and record what was shown of firms."""
        page = self.paginate_queryset(queryset)
        serializer = ReferralRowOutput(page, many=True, context=self._context(page))
        return self.get_paginated_response(serializer.data)

    @extend_schema(responses=ReferralOutput)
    @transaction.atomic
    def retrieve(self, request: Request, id: str) -> Response:
        """Show a referral and mark it as read; always anew, because clocks run."""
        referral = self.get_object()
        progress.open_referral(referral=referral, actor=self.actor)
        return self.respond(referral)

    @extend_schema(request=inputs.DocumentNamesInput, responses=ReferralOutput)
    @action(detail=True, methods=["post"], url_path="give-documents")
    def give_documents(self, request: Request, id: str) -> Response:
        """Say that documents were given to the institution."""
        what = self._what()
        values = self.read_input(inputs.DocumentNamesInput)
        return self._done(documents.give_documents(**what, **values))

    @extend_schema(request=inputs.ConfirmInput, responses=ReferralOutput)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: str) -> Response:
        """Confirm for the firm that money came as reported."""
        what = self._what()
        values = self.read_input(inputs.ConfirmInput)
        drawdown = values["drawdown"] and self.find_drawdown(what["referral"], values["drawdown"])
        return self._done(
            outcomes.confirm_outcome(**what, drawdown=drawdown, evidence=values["evidence"])
        )

    @extend_schema(request=inputs.ContestInput, responses=ReferralOutput)
    @action(detail=True, methods=["post"])
    def contest(self, request: Request, id: str) -> Response:
        """Say for the firm that a reported drawdown is not so."""
        what = self._what()
        values = self.read_input(inputs.ContestInput)
        values["drawdown"] = self.find_drawdown(what["referral"], values["drawdown"])
        return self._done(outcomes.contest_outcome(**what, **values))

    @extend_schema(request=inputs.ReconcileInput, responses=ReferralOutput)
    @action(detail=True, methods=["post"])
    def reconcile(self, request: Request, id: str) -> Response:
        """Settle for the department what is contested."""
        what = self._what()
        values = self.read_input(inputs.ReconcileInput)
        values["drawdown"] = self.find_drawdown(what["referral"], values["drawdown"])
        return self._done(outcomes.reconcile_outcome(**what, **values))

    @extend_schema(request=inputs.MatterInput, responses={201: MatterOutput})
    @action(detail=True, methods=["post"])
    def matters(self, request: Request, id: str) -> Response:
        """Ask for something to be coordinated."""
        referral = self.get_object()
        values = self.read_input(inputs.MatterInput)
        matter = matters.raise_matter(
            actor=self.actor, referral=referral, now=timezone.now(), **values
        )
        return Response(MatterOutput(matter).data, status=status.HTTP_201_CREATED)

    @transaction.atomic
    def respond(self, instance: Referral, status: int = status.HTTP_200_OK) -> Response:
        """Answer with a referral, and record what was shown of its firm."""
        serializer = ReferralOutput(instance, context=self._context([instance]))
        return Response(
            serializer.data, status=status, headers={"ETag": self.etag_of(instance) or ""}
        )

    def find_drawdown(self, referral: Referral, drawdown_id: UUID) -> Drawdown:
        """Return one of the referral's drawdowns."""
        found = referral.drawdowns.filter(public_id=drawdown_id).first()
        if found is None:
            raise InvalidInput.of(
                "drawdown", "unknown", f"该推送没有编号为 {drawdown_id} 的放款记录。"
            )
        return found

    def _what(self) -> dict[str, Any]:
        """Return what every service on a referral is told."""
        return {
            "actor": self.actor,
            "referral": self.get_object(),
            "expected_revision": self.expected_revision(),
            "now": timezone.now(),
        }

    def _done(self, referral: Referral) -> Response:
        """Answer with the referral as it is now; with nothing where it is out of sight."""
        found = self.get_queryset().filter(pk=referral.pk).first()
        if found is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self.respond(found)

    def _context(self, referrals: Sequence[Referral]) -> dict[str, Any]:
        views = progress.list_views(referrals, actor=self.actor, now=timezone.now())
        return {**self.get_serializer_context(), "views": views, "actor": self.actor}
