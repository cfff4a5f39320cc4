"""Addresses of needs."""

from rest_framework.routers import BaseRouter

from backend.api.v1.needs.views import NeedViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("needs", NeedViewSet, basename="need")
