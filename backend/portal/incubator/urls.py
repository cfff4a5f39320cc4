"""Addresses of an incubator's pages."""

from django.urls import path

from backend.portal.incubator import endorsements, tenants, views

urlpatterns = [
    path("", views.Home.as_view(), name="incubator"),
    path("tenants/", tenants.Tenants.as_view(), name="incubator_tenants"),
    path("tenants/import/", tenants.ImportTenants.as_view(), name="incubator_tenants_import"),
    path(
        "tenants/<uuid:tenant_id>/", tenants.TenantProgress.as_view(), name="incubator_tenants_one"
    ),
    path("needs/", endorsements.Needs.as_view(), name="incubator_needs"),
    path(
        "needs/<uuid:need_id>/endorse/",
        endorsements.Endorse.as_view(),
        name="incubator_needs_endorse",
    ),
    path(
        "endorsements/<uuid:endorsement_id>/withdraw/",
        endorsements.WithdrawEndorsement.as_view(),
        name="incubator_endorsement_withdraw",
    ),
    path("products/", views.Products.as_view(), name="incubator_products"),
]
