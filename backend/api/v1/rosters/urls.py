"""Addresses of rosters."""

from rest_framework.routers import BaseRouter

from backend.api.v1.rosters.views import RosterViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("rosters", RosterViewSet, basename="roster")
