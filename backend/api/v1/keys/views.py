"""One's own API keys: list, make, revoke."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import services
from backend.accounts.models import ApiKey
from backend.api.v1.keys.serializers import KeyInput, KeyOutput, NewKeyOutput
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.organizations.permissions import Permission


class KeyViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """接口密钥：密钥本身只在创建时显示一次，平台只保存其散列值。"""

    serializer_class = KeyOutput
    queryset = ApiKey.objects.none()
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.KEY_MANAGE,
        "retrieve": Permission.KEY_MANAGE,
        "create": Permission.KEY_MANAGE,
        "destroy": Permission.KEY_MANAGE,
    }
    secret_fields = ("key",)

    def get_queryset(self) -> QuerySet[ApiKey]:
        """Return the keys of the person who asks."""
        return ApiKey.objects.visible_to(self.actor)

    @extend_schema(request=KeyInput, responses={201: NewKeyOutput})
    def create(self, request: Request) -> Response:
        """创建密钥。用同一 Idempotency-Key 重发时，回答中的 key 为空。"""
        values = self.read_input(KeyInput)
        key, secret = services.create_key(actor=self.actor, user=self.actor.user, **values)
        output = NewKeyOutput(key, context={"secret": secret})
        return Response(output.data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """吊销密钥，立即生效。"""
        services.revoke_key(actor=self.actor, key=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
