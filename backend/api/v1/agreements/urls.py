"""Addresses of agreements."""

from rest_framework.routers import BaseRouter

from backend.api.v1.agreements.views import AgreementViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("agreements", AgreementViewSet, basename="agreement")
