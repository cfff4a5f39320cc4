"""Addresses of the ledger."""

from rest_framework.routers import BaseRouter

from backend.api.v1.disclosures.views import DisclosureViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("disclosures", DisclosureViewSet, basename="disclosure")
