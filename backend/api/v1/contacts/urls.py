"""Addresses of contacts."""

from rest_framework.routers import BaseRouter

from backend.api.v1.contacts.views import ContactViewSet


def register(router: BaseRouter) -> None:
    """Add the resource to the router."""
    router.register("contacts", ContactViewSet, basename="contact")
