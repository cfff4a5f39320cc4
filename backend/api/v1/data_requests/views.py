"""Requests about a firm's data: ask, list, read, grant, refuse."""

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.data_requests.serializers import (
    DataRequestInput,
    DataRequestOutput,
    RequestGrantInput,
    RequestRefusalInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.data_requests import services
from backend.data_requests.enums import RequestKind, RequestStatus
from backend.data_requests.models import DataRequest
from backend.firms.services import choose_firm
from backend.organizations.permissions import Permission


class DataRequestFilter(filters.FilterSet):
    """By kind and where they stand."""

    kind = filters.ChoiceFilter(choices=RequestKind.choices)
    status = filters.ChoiceFilter(choices=RequestStatus.choices)
    ordering = filters.OrderingFilter(fields={"requested_at": "requested_at", "due_on": "due_on"})

    class Meta:
        model = DataRequest
        fields: list[str] = []


class DataRequestViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """A firm's requests, and those that a department answers."""

    queryset = DataRequest.objects.none()
    serializer_class = DataRequestOutput
    filterset_class = DataRequestFilter
    permission_words = {
        "list": Permission.DATA_REQUEST_VIEW,
        "retrieve": Permission.DATA_REQUEST_VIEW,
        "create": Permission.DATA_REQUEST_OPEN,
        "grant": Permission.DATA_REQUEST_ANSWER,
        "refuse": Permission.DATA_REQUEST_ANSWER,
    }

    def get_queryset(self) -> QuerySet[DataRequest]:
        """Start from the visible requests, the newest first."""
        return DataRequest.objects.visible_to(self.actor).for_display()

    @extend_schema(request=DataRequestInput, responses={201: DataRequestOutput})
    def create(self, request: Request) -> Response:
        """Ask for a correction or a deletion of the own firm's data."""
        values = self.read_input(DataRequestInput)
        asked = services.open_request(
            actor=self.actor,
            firm=choose_firm(self.actor, uscc=None),
            kind=RequestKind(values["kind"]),
            what=values["what"],
            why=values["why"],
            now=timezone.now(),
        )
        found = self.find(self.get_queryset(), asked.public_id)
        return self.respond(found, status.HTTP_201_CREATED)

    @extend_schema(request=RequestGrantInput, responses=DataRequestOutput)
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, id: str) -> Response:
        """Say that it is done; of a deletion this deletes, all or nothing."""
        asked = services.grant_request(
            actor=self.actor,
            data_request=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(RequestGrantInput),
        )
        return self.respond(asked)

    @extend_schema(request=RequestRefusalInput, responses=DataRequestOutput)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, id: str) -> Response:
        """Say why it is not done."""
        asked = services.refuse_request(
            actor=self.actor,
            data_request=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(RequestRefusalInput),
        )
        return self.respond(asked)
