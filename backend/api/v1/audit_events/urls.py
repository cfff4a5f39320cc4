"""The addresses of this resource."""

from rest_framework.routers import BaseRouter

from backend.api.v1.audit_events.views import AuditEventViewSet


def register(router: BaseRouter) -> None:
    """Add this resource to the router."""
    router.register("audit-events", AuditEventViewSet, basename="audit-event")
