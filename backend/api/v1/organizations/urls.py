"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.organizations.views import OrganizationViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("organizations", OrganizationViewSet, basename="organization")
