"""Addresses of consents."""

from rest_framework.routers import BaseRouter

from backend.api.v1.consents.views import ConsentViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("consents", ConsentViewSet, basename="consent")
