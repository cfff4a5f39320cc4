"""Addresses of intents."""

from rest_framework.routers import BaseRouter

from backend.api.v1.intents.views import IntentViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("intents", IntentViewSet, basename="intent")
