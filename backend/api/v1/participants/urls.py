"""Addresses of participants."""

from rest_framework.routers import BaseRouter

from backend.api.v1.participants.views import ParticipantViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("participants", ParticipantViewSet, basename="participant")
