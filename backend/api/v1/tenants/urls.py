"""Addresses of tenants."""

from rest_framework.routers import BaseRouter

from backend.api.v1.tenants.views import TenantViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("tenants", TenantViewSet, basename="tenant")
