"""Endpoints: list, read, enter, change, remove, switch, rotate, check, replay."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.webhook_endpoints.filters import WebhookEndpointFilter
from backend.api.v1.webhook_endpoints.serializers import (
    DisableInput,
    EndpointInput,
    EndpointOutput,
    EndpointWithSecretOutput,
    ReplayInput,
    ReplayOutput,
    RotationInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.organizations.permissions import Permission
from backend.webhooks import services
from backend.webhooks.models import WebhookEndpoint


class WebhookEndpointViewSet(ListMixin, ResourceViewSet):
    """推送端点：平台按 Standard Webhooks 规范签名，把事件通知发往机构系统。"""

    queryset = WebhookEndpoint.objects.none()
    serializer_class = EndpointOutput
    filterset_class = WebhookEndpointFilter
    permission_words = {
        "list": Permission.WEBHOOK_VIEW,
        "retrieve": Permission.WEBHOOK_VIEW,
        "create": Permission.WEBHOOK_EDIT,
        "partial_update": Permission.WEBHOOK_EDIT,
        "destroy": Permission.WEBHOOK_EDIT,
        "rotate": Permission.WEBHOOK_EDIT,
        "ping": Permission.WEBHOOK_EDIT,
        "enable": Permission.WEBHOOK_SWITCH,
        "disable": Permission.WEBHOOK_SWITCH,
        "replay": Permission.DELIVERY_REPLAY,
    }
    secret_fields = ("secret",)

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        """Start from the visible endpoints, with institution and health."""
        visible = WebhookEndpoint.objects.visible_to(self.actor)
        return visible.select_related("organization").with_health()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show an endpoint; always anew, because its health counts no revision."""
        return self.respond(self.get_object())

    @extend_schema(request=EndpointInput, responses={201: EndpointWithSecretOutput})
    def create(self, request: Request) -> Response:
        """建立端点。用同一 Idempotency-Key 重发时，回答中的 secret 为空。"""
        values = self.read_input(EndpointInput)
        endpoint, secret = services.create_endpoint(actor=self.actor, now=timezone.now(), **values)
        return self._respond_with_secret(endpoint, secret, status.HTTP_201_CREATED)

    @extend_schema(request=EndpointInput, responses=EndpointOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change the address or the subscribed events."""
        endpoint = services.update_endpoint(
            actor=self.actor,
            endpoint=self.get_object(),
            expected_revision=self.expected_revision(),
            changes=self.read_input(EndpointInput, partial=True),
        )
        return self._respond_anew(endpoint)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """删除端点；投递记录保留。"""
        services.remove_endpoint(
            actor=self.actor,
            endpoint=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=RotationInput, responses=EndpointWithSecretOutput)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, id: str) -> Response:
        """轮换签名密钥，新密钥只显示这一次；过渡期内新旧密钥同时签名。"""
        endpoint = self.get_object()
        values = self.read_input(RotationInput)
        endpoint, secret = services.rotate_secret(
            actor=self.actor,
            endpoint=endpoint,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **values,
        )
        return self._respond_with_secret(endpoint, secret, status.HTTP_200_OK)

    @extend_schema(request=EmptyInput, responses={202: EndpointOutput})
    @action(detail=True, methods=["post"])
    def ping(self, request: Request, id: str) -> Response:
        """发送自检消息（webhook.ping）；结果见投递记录。"""
        endpoint = self.get_object()
        self.read_input(EmptyInput)
        services.ping_endpoint(actor=self.actor, endpoint=endpoint)
        return self._respond_anew(endpoint, status.HTTP_202_ACCEPTED)

    @extend_schema(request=EmptyInput, responses=EndpointOutput)
    @action(detail=True, methods=["post"])
    def enable(self, request: Request, id: str) -> Response:
        """Switch an endpoint on."""
        endpoint = self.get_object()
        self.read_input(EmptyInput)
        endpoint = services.enable_endpoint(
            actor=self.actor, endpoint=endpoint, expected_revision=self.expected_revision()
        )
        return self._respond_anew(endpoint)

    @extend_schema(request=DisableInput, responses=EndpointOutput)
    @action(detail=True, methods=["post"])
    def disable(self, request: Request, id: str) -> Response:
        """Switch an endpoint off."""
        endpoint = self.get_object()
        values = self.read_input(DisableInput)
        endpoint = services.disable_endpoint(
            actor=self.actor,
            endpoint=endpoint,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **values,
        )
        return self._respond_anew(endpoint)

    @extend_schema(request=ReplayInput, responses={202: ReplayOutput})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, id: str) -> Response:
        """重发某一时间以来的全部消息；webhook-id 不变，接收方据此去重。"""
        endpoint = self.get_object()
        values = self.read_input(ReplayInput)
        count = services.replay_since(
            actor=self.actor, endpoint=endpoint, now=timezone.now(), **values
        )
        return Response({"messages": count}, status=status.HTTP_202_ACCEPTED)

    def _respond_anew(self, endpoint: WebhookEndpoint, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), endpoint.public_id), code)

    def _respond_with_secret(self, endpoint: WebhookEndpoint, secret: str, code: int) -> Response:
        endpoint = self.find(self.get_queryset(), endpoint.public_id)
        context = {**self.get_serializer_context(), "secret": secret}
        output = EndpointWithSecretOutput(endpoint, context=context)
        return Response(output.data, status=code, headers={"ETag": self.etag_of(endpoint)})
