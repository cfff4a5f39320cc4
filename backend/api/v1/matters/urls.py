"""Addresses of matters."""

from rest_framework.routers import BaseRouter

from backend.api.v1.matters.views import MatterViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("matters", MatterViewSet, basename="matter")
