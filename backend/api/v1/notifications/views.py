"""The inbox: read, marked as read, counted."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.notifications.filters import NotificationFilter
from backend.api.v1.notifications.serializers import (
    CountsAnswer,
    NotificationOutput,
    ReadAllAnswer,
    ReadAllInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.notifications import reading
from backend.notifications.models import Notification
from backend.notifications.services import marking
from backend.organizations.permissions import Permission


class NotificationViewSet(ListMixin, ResourceViewSet):
    """What the person is told in the place that they act through."""

    queryset = Notification.objects.none()
    serializer_class = NotificationOutput
    filterset_class = NotificationFilter
    permission_words = {
        "list": Permission.NOTIFICATION_VIEW,
        "retrieve": Permission.NOTIFICATION_VIEW,
        "counts": Permission.NOTIFICATION_VIEW,
        "read": Permission.NOTIFICATION_VIEW,
        "read_all": Permission.NOTIFICATION_VIEW,
    }

    def get_queryset(self) -> QuerySet[Notification]:
        """Start from the reader's own, the latest first."""
        return (
            Notification.objects.visible_to(self.actor)
            .select_related("event")
            .order_by("-created_at")
        )

    def respond_page(self, queryset: QuerySet[Notification]) -> Response:
        """Answer with one page, its texts put together at once."""
        page = self.paginate_queryset(queryset)
        return self.get_paginated_response(self._written(page))

    @extend_schema(responses=NotificationOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one notification; reading it here does not mark it."""
        return Response(self._written([self.get_object()])[0])

    @extend_schema(responses=CountsAnswer)
    @action(detail=False, pagination_class=None, filter_backends=[])
    def counts(self, request: Request) -> Response:
        """Say how much is unread, and how much of it urgent."""
        return Response(CountsAnswer(reading.count_unread(self.actor)).data)

    @extend_schema(request=EmptyInput, responses=NotificationOutput)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:
        """Mark one as read; a second time changes nothing."""
        notification = self.get_object()
        self.read_input(EmptyInput)
        marked = marking.mark_read(notification=notification, now=timezone.now())
        return Response(self._written([marked])[0])

    @extend_schema(request=ReadAllInput, responses=ReadAllAnswer)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark everything up to a moment as read."""
        values = self.read_input(ReadAllInput)
        marked = marking.mark_all_read(
            actor=self.actor, until=values.get("until"), now=timezone.now()
        )
        return Response(ReadAllAnswer({"marked": marked}).data)

    def _written(self, notifications: list[Notification]) -> list[dict[str, Any]]:
        texts = reading.read_all(notifications, actor=self.actor, now=timezone.now())
        context = {**self.get_serializer_context(), "read": texts}
        return NotificationOutput(notifications, many=True, context=context).data
