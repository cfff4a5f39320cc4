"""Addresses of the pages of a institution."""

from django.urls import path

from backend.portal.institution import views

urlpatterns = [path("", views.Home.as_view(), name="institution")]
