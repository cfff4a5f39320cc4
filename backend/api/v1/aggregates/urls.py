"""Addresses of aggregates."""

from rest_framework.routers import BaseRouter

from backend.api.v1.aggregates.views import AggregateViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("aggregates", AggregateViewSet, basename="aggregate")
