"""Rosters of firms: drafting, and their rows."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.referral_lists.inputs import ReasonInput, RosterDraftInput, RosterRowInput
from backend.api.v1.referral_lists.outputs import ReferralListDetail, RosterRowOutput
from backend.consents.selectors import find_institutions
from backend.firms.models import Firm
from backend.organizations.permissions import Permission
from backend.referrals.models import RosterRow
from backend.referrals.services import rosters


class RosterRowsMixin:
    """Drafting rosters, reading and editing their rows."""

    roster_words = {
        "draft_roster": Permission.LIST_DRAFT,
        "firms": Permission.LIST_VIEW,
        "add_firm": Permission.LIST_DRAFT,
        "remove_firm": Permission.LIST_DRAFT,
    }

    @extend_schema(request=RosterDraftInput, responses={201: ReferralListDetail})
    @action(detail=False, methods=["post"], url_path="rosters")
    def draft_roster(self, request: Request) -> Response:
        """Draft a roster of the firms that hold a qualification and agreed to be named."""
        values = self.read_input(RosterDraftInput)
        if "institutions" in values:
            values["institutions"] = find_institutions(values["institutions"])
        drafted = rosters.draft_roster(actor=self.actor, now=timezone.now(), **values)
        return self._respond_list(drafted, status.HTTP_201_CREATED)

    @extend_schema(responses=RosterRowOutput(many=True))
    @action(detail=True, filterset_class=None, serializer_class=RosterRowOutput)
    def firms(self, request: Request, id: str) -> Response:
        """List the firms of a roster, also those that were taken off."""
        return self.respond_page(self.filter_queryset(self.get_object().roster_rows.with_names()))

    @extend_schema(request=RosterRowInput, responses={201: RosterRowOutput})
    @firms.mapping.post
    def add_firm(self, request: Request, id: str) -> Response:
        """Put a firm on a roster for an institution, with a reason."""
        referral_list = self.get_object()
        values = self.read_input(RosterRowInput)
        (institution,) = find_institutions([values["institution"]])
        row = rosters.add_firm(
            actor=self.actor,
            referral_list=referral_list,
            firm=self._named(Firm.objects.visible_to(self.actor), "firm", values["firm"]),
            institution=institution,
            reason=values["reason"],
            expected_revision=self.expected_revision(),
        )
        return self._respond_firm(row, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonInput, responses=RosterRowOutput)
    @action(detail=True, methods=["post"], url_path="firms/<uuid:firm_row_id>/remove")
    def remove_firm(self, request: Request, id: str, firm_row_id: str) -> Response:
        """Take a firm off a roster, with a reason; the row stays readable."""
        referral_list = self.get_object()
        row = rosters.remove_firm(
            actor=self.actor,
            referral_list=referral_list,
            row=self.find(referral_list.roster_rows.all(), firm_row_id),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(ReasonInput),
        )
        return self._respond_firm(row)

    def _respond_firm(self, row: RosterRow, code: int = status.HTTP_200_OK) -> Response:
        """Answer with a row, and the ETag of the list that it changed."""
        shown = RosterRow.objects.with_names().get(pk=row.pk)
        response = Response(RosterRowOutput(shown).data, status=code)
        response.headers["ETag"] = self.etag_of(self.get_object())
        return response
