"""Addresses of ranking models."""

from rest_framework.routers import BaseRouter

from backend.api.v1.ranking_models.views import RankingModelViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("ranking-models", RankingModelViewSet, basename="ranking-model")
