"""Addresses of a firm's pages."""

from django.urls import path

from backend.portal.firm import views

urlpatterns = [
    path("", views.Home.as_view(), name="firm"),
    path("needs/<uuid:need_id>/", views.NeedDetail.as_view(), name="firm_need"),
]
