"""Addresses of ranking models."""

from rest_framework.routers import BaseRouter

from backend.api.v1.models.views import ModelViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("models", ModelViewSet, basename="model")
