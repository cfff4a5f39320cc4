"""Addresses of match runs."""

from rest_framework.routers import BaseRouter

from backend.api.v1.match_runs.views import MatchRunViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("match-runs", MatchRunViewSet, basename="match-run")
