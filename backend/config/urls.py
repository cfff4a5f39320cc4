"""Addresses: the API, its documentation and the health check."""

from django.urls import include, path

from backend.api.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("backend.api.v1.urls")),
]
