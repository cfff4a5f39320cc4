"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.keys.views import KeyViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("keys", KeyViewSet, basename="key")
