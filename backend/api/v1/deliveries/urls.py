"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.deliveries.views import DeliveryViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("deliveries", DeliveryViewSet, basename="delivery")
