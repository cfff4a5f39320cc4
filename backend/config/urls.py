"""Addresses: the API, its documentation and the health check."""

from django.urls import include, path
from django.views.generic import RedirectView

from backend.api.health import healthz

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="docs"), name="home"),
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("backend.api.v1.urls")),
]

handler400 = "backend.api.errors.bad_request"
handler403 = "backend.api.errors.permission_denied"
handler404 = "backend.api.errors.page_not_found"
handler500 = "backend.api.errors.server_error"
