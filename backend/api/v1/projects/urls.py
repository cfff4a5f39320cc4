"""Addresses of projects."""

from rest_framework.routers import BaseRouter

from backend.api.v1.projects.views import ProjectViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("projects", ProjectViewSet, basename="project")
