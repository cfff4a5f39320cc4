"""Addresses of the pages of a incubator."""

from django.urls import path

from backend.portal.incubator import views

urlpatterns = [path("", views.Home.as_view(), name="incubator")]
