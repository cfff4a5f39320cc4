"""Addresses of requests about data."""

from rest_framework.routers import BaseRouter

from backend.api.v1.data_requests.views import DataRequestViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("data-requests", DataRequestViewSet, basename="data-request")
