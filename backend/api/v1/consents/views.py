"""Consents: list, read, grant, withdraw; the wordings, and what is still to be asked for."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.consents.filters import ConsentFilter
from backend.api.v1.consents.serializers import (
    ConsentDetail,
    ConsentOutput,
    GrantAnswer,
    GrantInput,
    MissingAnswer,
    TextsAnswer,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.common.errors import InvalidInput
from backend.consents import selectors, services
from backend.consents.models import Consent
from backend.consents.texts import list_texts_in_force
from backend.needs.models import Need
from backend.organizations.permissions import Permission

_NEED = OpenApiParameter("need", {"type": "string", "format": "uuid"}, required=True)


class ConsentViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Consents that the actor may know of, the latest first."""

    queryset = Consent.objects.none()
    serializer_class = ConsentOutput
    filterset_class = ConsentFilter
    permission_words = {
        "list": Permission.CONSENT_VIEW,
        "retrieve": Permission.CONSENT_VIEW,
        "texts": Permission.CONSENT_VIEW,
        "missing": Permission.CONSENT_GRANT,
        "grant": Permission.CONSENT_GRANT,
        "withdraw": Permission.CONSENT_GRANT,
    }

    def get_queryset(self) -> QuerySet[Consent]:
        """Start from the visible consents."""
        return Consent.objects.visible_to(self.actor).with_parties().order_by("-granted_at")

    def get_serializer_class(self) -> type[BaseSerializer]:
        """Show the wording of one consent, not of all of a list."""
        return ConsentDetail if self.action == "retrieve" else ConsentOutput

    def revisions_beside(self, instance: Consent) -> tuple[int, ...]:
        """Count what stands with the consent, and whether it holds today."""
        return (
            instance.need.firm.organization.revision,
            instance.institution.revision,
            int(instance.is_live(self.actor.today)),
        )

    @extend_schema(responses=ConsentDetail)
    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Show one consent with the words that were consented to."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=GrantInput, responses={201: GrantAnswer}, filters=False)
    @action(detail=False, methods=["post"])
    def grant(self, request: Request) -> Response:
        """Consent for several institutions at once; what stands already is left as it is."""
        serializer = GrantInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        consents = services.grant_consents(
            actor=self.actor,
            need=self._find_need(values["need"]),
            institutions=selectors.find_institutions(values["institutions"]),
            terms=serializer.terms(),
            now=timezone.now(),
        )
        answer = GrantAnswer({"consents": consents}, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EmptyInput, responses=ConsentOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take a consent back; holds at once, repeating changes nothing."""
        consent = self.get_object()
        self.read_input(EmptyInput)
        consent = services.withdraw_consent(actor=self.actor, consent=consent, now=timezone.now())
        return self.respond(consent)

    @extend_schema(responses=TextsAnswer, filters=False)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def texts(self, request: Request) -> Response:
        """Show the wordings that are consented to today, one per direction."""
        refuse_unknown_parameters(request, set())
        texts = list_texts_in_force(self.actor.today)
        return Response(TextsAnswer({"texts": texts}).data)

    @extend_schema(parameters=[_NEED], responses=MissingAnswer, filters=False)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def missing(self, request: Request) -> Response:
        """List the preferred institutions of a need that have still no consent."""
        refuse_unknown_parameters(request, {"need"})
        need = self._find_need(_read_id(request.query_params.get("need")))
        missing = selectors.list_missing(need, day=self.actor.today)
        return Response(MissingAnswer({"institutions": missing}).data)

    def _find_need(self, public_id: UUID) -> Need:
        need = Need.objects.visible_to(self.actor).with_firm().filter(public_id=public_id).first()
        if need is None:
            raise InvalidInput.of("need", "unknown_id", f"没有 id 为 {public_id} 的需求。")
        return need


def _read_id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as error:
        raise InvalidInput.of("need", "invalid", "请给出需求的 id（UUID）。") from error
