"""The ledger: read, never changed."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.disclosures.filters import DisclosureFilter
from backend.api.v1.disclosures.serializers import DisclosureOutput, SummaryAnswer
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.consents import selectors
from backend.consents.models import Disclosure
from backend.organizations.permissions import Permission


class DisclosureViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """What institutions were shown of firms that the actor speaks for or oversees."""

    queryset = Disclosure.objects.none()
    serializer_class = DisclosureOutput
    filterset_class = DisclosureFilter
    permission_words = {
        "list": Permission.DISCLOSURE_VIEW,
        "retrieve": Permission.DISCLOSURE_VIEW,
        "summary": Permission.DISCLOSURE_VIEW,
    }

    def get_queryset(self) -> QuerySet[Disclosure]:
        """Start from the visible rows, the latest first."""
        return Disclosure.objects.visible_to(self.actor).with_parties().order_by("-shown_at")

    @extend_schema(responses=SummaryAnswer)
    @action(detail=False, pagination_class=None)
    def summary(self, request: Request) -> Response:
        """Say who saw which field of one firm how often; departments and incubators name it."""
        rows = self.filter_queryset(self.get_queryset())
        firm = selectors.choose_disclosed_firm(self.actor, _firm_id(request))
        institutions = selectors.summarize_disclosures(rows.filter(firm=firm))
        return Response(SummaryAnswer({"firm": firm, "institutions": institutions}).data)


def _firm_id(request: Request) -> UUID | None:
    """Return the id that the filter has found to be one."""
    text = request.query_params.get("firm")
    return UUID(text) if text else None
