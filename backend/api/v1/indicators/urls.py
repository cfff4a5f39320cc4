"""Addresses of indicators."""

from rest_framework.routers import BaseRouter

from backend.api.v1.indicators.views import IndicatorViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("indicators", IndicatorViewSet, basename="indicator")
