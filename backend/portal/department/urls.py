"""Addresses of the pages of a department."""

from django.urls import path

from backend.portal.department import views

urlpatterns = [path("", views.Home.as_view(), name="department")]
