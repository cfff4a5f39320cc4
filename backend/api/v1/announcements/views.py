"""Announcements: list, read, mark as read; draft, change, publish and withdraw for departments."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.announcements import services
from backend.announcements.models import Announcement
from backend.api.serializers import EmptyInput
from backend.api.v1.announcements.filters import AnnouncementFilter
from backend.api.v1.announcements.serializers import (
    AnnouncementChange,
    AnnouncementOutput,
    AnnouncementWithdrawInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet
from backend.organizations.permissions import Permission


class AnnouncementViewSet(ListMixin, ResourceViewSet):
    """What concerns the reader today, and the drafts of one's own department."""

    queryset = Announcement.objects.none()
    serializer_class = AnnouncementOutput
    filterset_class = AnnouncementFilter
    holds_confidential_rows = False
    permission_words = {
        "list": Permission.ANNOUNCEMENT_VIEW,
        "retrieve": Permission.ANNOUNCEMENT_VIEW,
        "read": Permission.ANNOUNCEMENT_VIEW,
        "create": Permission.ANNOUNCEMENT_EDIT,
        "partial_update": Permission.ANNOUNCEMENT_EDIT,
        "publish": Permission.ANNOUNCEMENT_EDIT,
        "withdraw": Permission.ANNOUNCEMENT_EDIT,
    }

    def get_queryset(self) -> QuerySet[Announcement]:
        """Start from the visible announcements, the latest first."""
        visible = Announcement.objects.visible_to(self.actor)
        return visible.with_parties().with_reading(self.actor).order_by("-created_at", "-pk")

    @extend_schema(responses=AnnouncementOutput)
    def retrieve(self, request: Request, id: str) -> Response:
        """Show one announcement; always anew, because reading it makes no revision of it."""
        return self.respond(self.get_object())

    @extend_schema(request=EmptyInput, responses=AnnouncementOutput)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:
        """Mark it as read; the first time counts."""
        announcement = self.get_object()
        self.read_input(EmptyInput)
        services.mark_read(actor=self.actor, announcement=announcement, now=timezone.now())
        return self._respond_anew(announcement)

    @extend_schema(request=AnnouncementChange, responses={201: AnnouncementOutput})
    def create(self, request: Request) -> Response:
        """Draft an announcement of one's own department."""
        drafted = services.draft_announcement(
            actor=self.actor, values=self.read_input(AnnouncementChange)
        )
        return self._respond_anew(drafted, status.HTTP_201_CREATED)

    @extend_schema(request=AnnouncementChange, responses=AnnouncementOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a draft, or correct what was published."""
        changed = services.update_announcement(
            actor=self.actor,
            announcement=self.get_object(),
            changes=self.read_input(AnnouncementChange, partial=True),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_anew(changed)

    @extend_schema(request=EmptyInput, responses=AnnouncementOutput)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Show it to everybody whom it concerns."""
        announcement = self.get_object()
        self.read_input(EmptyInput)
        published = services.publish_announcement(
            actor=self.actor,
            announcement=announcement,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._respond_anew(published)

    @extend_schema(request=AnnouncementWithdrawInput, responses=AnnouncementOutput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Show it to nobody any more, with a reason."""
        withdrawn = services.withdraw_announcement(
            actor=self.actor,
            announcement=self.get_object(),
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(AnnouncementWithdrawInput),
        )
        return self._respond_anew(withdrawn)

    def _respond_anew(self, announcement: Announcement, code: int = status.HTTP_200_OK) -> Response:
        return self.respond(self.find(self.get_queryset(), announcement.public_id), code)
