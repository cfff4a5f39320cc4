"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.webhook_endpoints.views import WebhookEndpointViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("webhook-endpoints", WebhookEndpointViewSet, basename="webhook-endpoint")
