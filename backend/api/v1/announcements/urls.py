"""Addresses of announcements."""

from rest_framework.routers import BaseRouter

from backend.api.v1.announcements.views import AnnouncementViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("announcements", AnnouncementViewSet, basename="announcement")
