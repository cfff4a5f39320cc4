"""Addresses of endorsements."""

from rest_framework.routers import BaseRouter

from backend.api.v1.endorsements.views import EndorsementViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("endorsements", EndorsementViewSet, basename="endorsement")
