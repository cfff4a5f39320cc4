"""The platform's addresses and the bare view that they are measured against."""

from django.urls import include, path

from tests.benchmarks.bare_view import BareView

urlpatterns = [
    path("bare/", BareView.as_view()),
    path("", include("backend.config.urls")),
]
