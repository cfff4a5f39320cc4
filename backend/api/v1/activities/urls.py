"""Addresses of activities."""

from rest_framework.routers import BaseRouter

from backend.api.v1.activities.views import ActivityViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("activities", ActivityViewSet, basename="activity")
