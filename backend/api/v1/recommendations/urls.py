"""Addresses of recommendations."""

from rest_framework.routers import BaseRouter

from backend.api.v1.recommendations.views import RecommendationViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("recommendations", RecommendationViewSet, basename="recommendation")
