"""Addresses of firms."""

from rest_framework.routers import BaseRouter

from backend.api.v1.firms.views import FirmViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("firms", FirmViewSet, basename="firm")
