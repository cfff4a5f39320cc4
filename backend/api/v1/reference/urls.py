"""The addresses of these resources."""

from rest_framework.routers import BaseRouter

from backend.api.v1.reference import views


def register(router: BaseRouter) -> None:
    """Add these resources to the router."""
    router.register("regions", views.RegionViewSet, basename="region")
    router.register("reporting-units", views.ReportingUnitViewSet, basename="reporting-unit")
    router.register("industries", views.IndustryViewSet, basename="industry")
    router.register("qualifications", views.QualificationViewSet, basename="qualification")
    router.register("stages", views.StageViewSet, basename="stage")
