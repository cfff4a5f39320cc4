"""Addresses of consents to stand on rosters."""

from rest_framework.routers import BaseRouter

from backend.api.v1.roster_consents.views import RosterConsentViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("roster-consents", RosterConsentViewSet, basename="roster-consent")
