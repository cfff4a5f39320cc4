"""Addresses of products."""

from rest_framework.routers import BaseRouter

from backend.api.v1.products.views import ProductViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("products", ProductViewSet, basename="product")
