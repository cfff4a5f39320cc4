"""Needs: list, draft, edit, and lead through their lifecycle."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.needs.filters import NeedFilter
from backend.api.v1.needs.inquiries import NeedInquiriesMixin
from backend.api.v1.needs.matches import NeedMatchesMixin
from backend.api.v1.needs.progress import NeedProgressMixin
from backend.api.v1.needs.serializers import (
    NeedInput,
    NeedOutput,
    NewNeedInput,
    ReturnInput,
    WithdrawInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.firms.services import choose_firm
from backend.needs import services
from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.recommendations.services.undoing import undo_decision


class NeedViewSet(
    NeedMatchesMixin, NeedInquiriesMixin, NeedProgressMixin, ListMixin, ResourceViewSet
):
    """Needs that the actor may know of."""

    queryset = Need.objects.none()
    serializer_class = NeedOutput
    filterset_class = NeedFilter
    permission_words = {
        "list": Permission.NEED_VIEW,
        "retrieve": Permission.NEED_VIEW,
        "create": Permission.NEED_CREATE,
        "partial_update": Permission.NEED_EDIT,
        "submit": Permission.NEED_SUBMIT,
        "verify": Permission.NEED_VERIFY,
        "return_to_firm": Permission.NEED_VERIFY,
        "undo": Permission.NEED_VERIFY,
        "withdraw": Permission.NEED_WITHDRAW,
        **NeedMatchesMixin.match_permission_words,
        **NeedInquiriesMixin.inquiry_permission_words,
        **NeedProgressMixin.progress_permission_words,
    }

    unconfined_actions = frozenset(
        {*NeedMatchesMixin.match_permission_words, *NeedInquiriesMixin.inquiry_permission_words}
    )

    def get_queryset(self) -> QuerySet[Need]:
        """Start from the visible needs, with their firms and the institutions they name."""
        return Need.objects.visible_to(self.actor).with_firm().with_named_institutions()

    @extend_schema(responses=NeedOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show a need; always anew, because the firm's name belongs to its organization."""
        return self.respond(self.get_object())

    @extend_schema(request=NewNeedInput, responses={201: NeedOutput})
    def create(self, request: Request) -> Response:
        """Draft a need; the account's authority need not be proved yet."""
        values = self.read_input(NewNeedInput)
        firm = choose_firm(self.actor, uscc=values.pop("firm", None))
        need = services.create_need(
            actor=self.actor,
            firm=firm,
            values=values,
            today=self.actor.today,
            now=timezone.now(),
        )
        return self._respond_need(need, status.HTTP_201_CREATED)

    @extend_schema(request=NeedInput, responses=NeedOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a draft or a returned need."""
        need = services.update_need(
            need=self.get_object(),
            actor=self.actor,
            changes=self.read_input(NeedInput, partial=True),
            expected_revision=self.expected_revision(),
        )
        return self._respond_need(need)

    @extend_schema(request=EmptyInput, responses=NeedOutput)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        """Hand a complete need to the department; the account's authority must be proved."""
        need = self.get_object()
        self.read_input(EmptyInput)
        need = services.submit_need(
            need=need,
            actor=self.actor,
            expected_revision=self.expected_revision(),
            today=self.actor.today,
            now=timezone.now(),
        )
        return self._respond_need(need)

    @extend_schema(request=EmptyInput, responses=NeedOutput)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, id: str) -> Response:
        """Open a submitted need for matching."""
        need = self.get_object()
        self.read_input(EmptyInput)
        need = services.verify_need(
            need=need,
            actor=self.actor,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_need(need)

    @extend_schema(operation_id="needs_return_create", request=ReturnInput, responses=NeedOutput)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_to_firm(self, request: Request, id: str) -> Response:
        """Send a submitted need back and say what is missing."""
        need = services.return_need(
            need=self.get_object(),
            actor=self.actor,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(ReturnInput),
        )
        return self._respond_need(need)

    @extend_schema(request=EmptyInput, responses=NeedOutput)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        """Take back one's own verification or return, within minutes."""
        need = self.get_object()
        self.read_input(EmptyInput)
        need = undo_decision(
            need=need,
            actor=self.actor,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_need(need)

    @extend_schema(request=WithdrawInput, responses=NeedOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take a need back."""
        need = services.withdraw_need(
            need=self.get_object(),
            actor=self.actor,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(WithdrawInput),
        )
        return self._respond_need(need)

    def _respond_need(self, need: Need, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), need.public_id), code)
