"""Consents of firms to stand on rosters: list, read, grant, withdraw, and the wording."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.roster_consents.serializers import (
    ROSTER_GROUP_LABELS,
    RosterConsentOutput,
    RosterGrantAnswer,
    RosterGrantInput,
    RosterTextAnswer,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.common.errors import InvalidInput
from backend.consents import selectors
from backend.consents.models import RosterConsent
from backend.consents.roster_texts import TEXT_IN_FORCE
from backend.consents.services.rosters import grant_roster_consents, withdraw_roster_consent
from backend.firms.models import Firm
from backend.organizations.permissions import Permission


class RosterConsentViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Consents that the actor may know of, the latest first."""

    queryset = RosterConsent.objects.none()
    serializer_class = RosterConsentOutput
    permission_words = {
        "list": Permission.CONSENT_VIEW,
        "retrieve": Permission.CONSENT_VIEW,
        "text": Permission.CONSENT_VIEW,
        "grant": Permission.CONSENT_GRANT,
        "withdraw": Permission.CONSENT_GRANT,
    }

    def get_queryset(self) -> QuerySet[RosterConsent]:
        """Start from the visible consents."""
        return RosterConsent.objects.visible_to(self.actor).with_parties().order_by("-granted_at")

    def revisions_beside(self, instance: RosterConsent) -> tuple[int, ...]:
        """Count what stands with the consent, and how it stands today."""
        return (
            instance.firm.organization.revision,
            instance.institution.revision,
            int(instance.expires_on > self.actor.today),
        )

    @extend_schema(request=RosterGrantInput, responses={201: RosterGrantAnswer}, filters=False)
    @action(detail=False, methods=["post"])
    def grant(self, request: Request) -> Response:
        """Agree that a firm stands on rosters for several institutions."""
        values = self.read_input(RosterGrantInput)
        public_id = values.pop("firm")
        firms = Firm.objects.visible_to(self.actor).with_organization()
        firm = firms.filter(public_id=public_id).first()
        if firm is None:
            raise InvalidInput.of("firm", "unknown_id", f"没有 id 为 {public_id} 的企业。")
        values["institutions"] = selectors.find_institutions(values["institutions"])
        consents = grant_roster_consents(actor=self.actor, firm=firm, now=timezone.now(), **values)
        answer = RosterGrantAnswer({"consents": consents}, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EmptyInput, responses=RosterConsentOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take a consent back; holds at once, repeating changes nothing."""
        consent = self.get_object()
        self.read_input(EmptyInput)
        withdrawn = withdraw_roster_consent(actor=self.actor, consent=consent, now=timezone.now())
        return self.respond(withdrawn)

    @extend_schema(responses=RosterTextAnswer, filters=False)
    @action(detail=False, pagination_class=None)
    def text(self, request: Request) -> Response:
        """Show the wording that is consented to today."""
        refuse_unknown_parameters(request, set())
        return Response(
            {
                "version": TEXT_IN_FORCE.version,
                "purpose": TEXT_IN_FORCE.purpose,
                "body": TEXT_IN_FORCE.body,
                "sha256": TEXT_IN_FORCE.sha256,
                "groups": ROSTER_GROUP_LABELS,
            }
        )
