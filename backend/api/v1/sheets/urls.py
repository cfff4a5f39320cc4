"""Addresses of sheets."""

from rest_framework.routers import BaseRouter

from backend.api.v1.sheets.views import SheetViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("sheets", SheetViewSet, basename="sheet")
