"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.memberships.views import MembershipViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("memberships", MembershipViewSet, basename="membership")
