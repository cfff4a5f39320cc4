"""Versions of the ranking model, what is in use, and whom it shows."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.models.serializers import (
    InUseOutput,
    MonitoringOutput,
    RankingModelOutput,
    RollBackInput,
    TrainInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.learning.selectors import describe_in_use
from backend.learning.services import comparing, training
from backend.learning.services.monitoring import monitor
from backend.organizations.permissions import Permission
from backend.ranking import services
from backend.ranking.models import ModelVersion


class ModelViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Versions, for heads of departments; those of the province change what is in use."""

    queryset = ModelVersion.objects.none()
    serializer_class = RankingModelOutput
    permission_words = {
        "list": Permission.MODEL_VIEW,
        "retrieve": Permission.MODEL_VIEW,
        "in_use": Permission.MODEL_VIEW,
        "monitoring": Permission.MODEL_VIEW,
        "train": Permission.MODEL_MANAGE,
        "evaluate": Permission.MODEL_MANAGE,
        "activate": Permission.MODEL_MANAGE,
        "roll_back": Permission.MODEL_MANAGE,
    }

    def get_queryset(self) -> QuerySet[ModelVersion]:
        """Start from the visible versions, the newest first."""
        return (
            ModelVersion.objects.visible_to(self.actor)
            .select_related("asked_by", "activated_by", "replaced")
            .order_by("-number")
        )

    @extend_schema(request=TrainInput, responses={201: RankingModelOutput})
    @action(detail=False, methods=["post"])
    def train(self, request: Request) -> Response:
        """Train a version on all outcomes before the last closed quarter; a worker does it."""
        values = self.read_input(TrainInput)
        version = training.request_training(actor=self.actor, now=timezone.now(), **values)
        return self._respond_version(version, status.HTTP_201_CREATED)

    @extend_schema(request=EmptyInput, responses=RankingModelOutput)
    @action(detail=True, methods=["post"])
    def evaluate(self, request: Request, id: str) -> Response:
        """Compare a version with what is in use now."""
        version = self.get_object()
        self.read_input(EmptyInput)
        version = comparing.compare_version(
            actor=self.actor,
            version=version,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_version(version)

    @extend_schema(request=EmptyInput, responses=RankingModelOutput)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, id: str) -> Response:
        """Rank with a version that is better by more than two standard errors."""
        version = self.get_object()
        self.read_input(EmptyInput)
        version = services.activate_version(
            actor=self.actor,
            version=version,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_version(version)

    @extend_schema(request=RollBackInput, responses=InUseOutput)
    @action(detail=False, methods=["post"], url_path="roll-back")
    def roll_back(self, request: Request) -> Response:
        """Rank again with what was in use before, or by rules."""
        values = self.read_input(RollBackInput)
        services.roll_back(actor=self.actor, now=timezone.now(), **values)
        return Response(InUseOutput(describe_in_use()).data)

    @extend_schema(responses=InUseOutput)
    @action(detail=False, url_path="in-use", pagination_class=None)
    def in_use(self, request: Request) -> Response:
        """Say what the ranking is based on now."""
        refuse_unknown_parameters(request, set())
        return Response(InUseOutput(describe_in_use()).data)

    @extend_schema(responses=MonitoringOutput)
    @action(detail=False, pagination_class=None)
    def monitoring(self, request: Request) -> Response:
        """Say whom the ranking shows, what drifts, and which declines contradict the rules."""
        refuse_unknown_parameters(request, set())
        found = monitor(actor=self.actor, now=timezone.now())
        return Response(MonitoringOutput(found).data)

    def _respond_version(self, version: ModelVersion, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), version.public_id), code)
