"""Addresses of preferential policies."""

from rest_framework.routers import BaseRouter

from backend.api.v1.policies.views import PolicyViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("policies", PolicyViewSet, basename="policy")
