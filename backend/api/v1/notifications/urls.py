"""Addresses of the inbox."""

from rest_framework.routers import BaseRouter

from backend.api.v1.notifications.views import NotificationViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("notifications", NotificationViewSet, basename="notification")
