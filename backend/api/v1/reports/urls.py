"""Addresses of reports."""

from rest_framework.routers import BaseRouter

from backend.api.v1.reports.views import ReportViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("reports", ReportViewSet, basename="report")
