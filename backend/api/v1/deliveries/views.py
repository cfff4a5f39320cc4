"""Deliveries: list, read with attempts, send again."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.deliveries.filters import DeliveryFilter
from backend.api.v1.deliveries.serializers import DeliveryDetailOutput, DeliveryOutput
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.organizations.permissions import Permission
from backend.webhooks import services
from backend.webhooks.models import WebhookMessage


class DeliveryViewSet(ListMixin, ResourceViewSet):
    """投递记录：发往本机构端点的消息及每次投递的结果，最新在前。"""

    queryset = WebhookMessage.objects.none()
    serializer_class = DeliveryOutput
    filterset_class = DeliveryFilter
    permission_words = {
        "list": Permission.DELIVERY_VIEW,
        "retrieve": Permission.DELIVERY_VIEW,
        "replay": Permission.DELIVERY_REPLAY,
    }

    def get_queryset(self) -> QuerySet[WebhookMessage]:
        """Start from the visible messages, the latest first."""
        visible = WebhookMessage.objects.visible_to(self.actor)
        return visible.select_related("endpoint").order_by("-created_at")

    @extend_schema(responses=DeliveryDetailOutput)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a message with its attempts, the first first."""
        return Response(DeliveryDetailOutput(self.get_object()).data)

    @extend_schema(request=EmptyInput, responses={202: DeliveryOutput})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, id: str) -> Response:
        """重发一条消息；webhook-id 不变，接收方据此去重。"""
        message = self.get_object()
        self.read_input(EmptyInput)
        message = services.replay_message(actor=self.actor, message=message, now=timezone.now())
        return self.respond(message, status.HTTP_202_ACCEPTED)
