"""Addresses of imported outcomes."""

from rest_framework.routers import BaseRouter

from backend.api.v1.past_results.views import PastResultViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("past-results", PastResultViewSet, basename="past-result")
