"""Referral lists: draft, edit, sign, send, recall."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.referral_lists.export import ListExportMixin
from backend.api.v1.referral_lists.filters import ReferralListFilter
from backend.api.v1.referral_lists.inputs import (
    ApproveInput,
    ChainInput,
    DraftInput,
    ReasonInput,
    RecallInput,
    RefuseInput,
    SendInput,
)
from backend.api.v1.referral_lists.outputs import (
    ChainOutput,
    ReferralListDetail,
    ReferralListOutput,
    SentOutput,
    fallen_of,
)
from backend.api.v1.referral_lists.roster_rows import RosterRowsMixin
from backend.api.v1.referral_lists.rows import ListRowsMixin
from backend.api.v1.referral_lists.sheets import SheetsMixin
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.matches.models import MatchRun
from backend.organizations.permissions import Permission
from backend.referrals.models import ApprovalSeat, ReferralList
from backend.referrals.services import approval, dispatch, drafting, editing, recall, supplements


class ReferralListViewSet(
    ListRowsMixin,
    RosterRowsMixin,
    SheetsMixin,
    ListExportMixin,
    ListMixin,
    RetrieveMixin,
    ResourceViewSet,
):
    """The lists of a department and of those below it."""

    queryset = ReferralList.objects.none()
    serializer_class = ReferralListDetail
    filterset_class = ReferralListFilter
    permission_words = {
        "list": Permission.LIST_VIEW,
        "retrieve": Permission.LIST_VIEW,
        "create": Permission.LIST_DRAFT,
        "submit": Permission.LIST_DRAFT,
        "discard": Permission.LIST_DRAFT,
        "approve": Permission.LIST_APPROVE,
        "refuse": Permission.LIST_APPROVE,
        "send": Permission.LIST_SEND,
        "recall": Permission.LIST_SEND,
        "chain": Permission.LIST_VIEW,
        "configure_chain": Permission.LIST_APPROVE,
        **ListRowsMixin.row_words,
        **RosterRowsMixin.roster_words,
        **SheetsMixin.sheet_words,
        **ListExportMixin.export_words,
    }

    def get_queryset(self) -> QuerySet[ReferralList]:
        """Start from the visible lists, with what a page of them shows."""
        return ReferralList.objects.visible_to(self.actor).for_display()

    @extend_schema(responses=ReferralListOutput(many=True))
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the visible lists, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(ReferralListOutput(page, many=True).data)

    @extend_schema(request=DraftInput, responses={201: ReferralListDetail})
    def create(self, request: Request) -> Response:
        """Draft a list from a match run by allocation, or from what a product gains."""
        values = self.read_input(DraftInput)
        if "supplements" in values:
            values["supplements"] = self._named(
                self.get_queryset(), "supplements", values["supplements"]
            )
        if "product" in values:
            product = self._product(values.pop("product"))
            drafted = supplements.draft_supplement(
                actor=self.actor,
                product_version=product.current_version,
                now=timezone.now(),
                **values,
            )
        else:
            runs = MatchRun.objects.visible_to(self.actor)
            values["match_run"] = self._named(runs, "match_run", values["match_run"])
            drafted = drafting.draft_list(actor=self.actor, now=timezone.now(), **values)
        return self._respond_list(drafted, status.HTTP_201_CREATED)

    @extend_schema(request=EmptyInput, responses=ReferralListDetail)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        """Sign as 经办 and hand the list on; a new round begins."""
        referral_list = self.get_object()
        self.read_input(EmptyInput)
        submitted = approval.submit_list(
            actor=self.actor,
            referral_list=referral_list,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_list(submitted)

    @extend_schema(request=ApproveInput, responses=ReferralListDetail)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Sign for the post in turn, over the content as it stands."""
        approved = approval.approve_list(
            actor=self.actor,
            referral_list=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(ApproveInput),
        )
        return self._respond_list(approved)

    @extend_schema(request=RefuseInput, responses=ReferralListDetail)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, id: str) -> Response:
        """Send the list back to its draft and say why."""
        refused = approval.refuse_list(
            actor=self.actor,
            referral_list=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(RefuseInput),
        )
        return self._respond_list(refused)

    @extend_schema(request=ReasonInput, responses=ReferralListDetail)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        """Give up a list that was not sent."""
        discarded = editing.discard_list(
            actor=self.actor,
            referral_list=self.get_object(),
            expected_revision=self.expected_revision(),
            **self.read_input(ReasonInput),
        )
        return self._respond_list(discarded)

    @extend_schema(request=SendInput, responses=SentOutput)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, id: str) -> Response:
        """Send an approved list, once; what may not go out any more falls out and is named."""
        sent = dispatch.send(
            actor=self.actor,
            referral_list=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(SendInput),
        )
        response = self._respond_list(sent.referral_list)
        response.data["fallen"] = fallen_of(sent.fallen)
        return response

    @extend_schema(request=RecallInput, responses=ReferralListDetail)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, id: str) -> Response:
        """Recall the list or one sheet: the unanswered is withdrawn, the rest asked back."""
        referral_list = self.get_object()
        values = self.read_input(RecallInput)
        if "sheet" in values:
            values["sheet"] = self._named(referral_list.sheets.all(), "sheet", values["sheet"])
        recalled = recall.recall_list(
            actor=self.actor,
            referral_list=referral_list,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **values,
        )
        return self._respond_list(recalled.referral_list)

    @extend_schema(responses=ChainOutput, filters=False)
    @action(detail=False, url_path="approval-chain", filterset_class=None, pagination_class=None)
    def chain(self, request: Request) -> Response:
        """Show who signs the lists of one's own department."""
        refuse_unknown_parameters(request, set())
        return _respond_chain(approval.get_chain(self.actor.organization))

    @extend_schema(request=ChainInput, responses=ChainOutput)
    @chain.mapping.post
    def configure_chain(self, request: Request) -> Response:
        """Say who signs; a manager of the department does."""
        values = self.read_input(ChainInput)
        seats = approval.configure_chain(
            actor=self.actor,
            department=self.actor.organization,
            seats=[ApprovalSeat(**seat) for seat in values["seats"]],
        )
        return _respond_chain(seats)

    def _respond_list(
        self, referral_list: ReferralList, code: int = status.HTTP_200_OK
    ) -> Response:
        return self.respond(self.find(self.get_queryset(), referral_list.public_id), code)


def _respond_chain(seats: Sequence[ApprovalSeat]) -> Response:
    return Response(ChainOutput({"seats": seats}).data)
