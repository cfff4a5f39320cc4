"""Addresses of pages; each role's lie below its own prefix."""

from django.urls import include, path

app_name = "portal"

urlpatterns = [
    path("", include("backend.portal.account.urls")),
    path("firm/", include("backend.portal.firm.urls")),
    path("institution/", include("backend.portal.institution.urls")),
    path("department/", include("backend.portal.department.urls")),
    path("incubator/", include("backend.portal.incubator.urls")),
]
