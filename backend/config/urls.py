"""Addresses: the portal, the API with its documentation, and the health check."""

from django.urls import include, path

from backend.api.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("backend.api.v1.urls")),
    path("", include("backend.portal.urls")),
]

handler400 = "backend.config.errors.bad_request"
handler403 = "backend.config.errors.permission_denied"
handler404 = "backend.config.errors.page_not_found"
handler500 = "backend.config.errors.server_error"
