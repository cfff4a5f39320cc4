"""Addresses of escalations."""

from rest_framework.routers import BaseRouter

from backend.api.v1.escalations.views import EscalationViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("escalations", EscalationViewSet, basename="escalation")
