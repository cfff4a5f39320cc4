"""Addresses of an institution's pages."""

from django.urls import path

from backend.portal.institution import (
    answers,
    deliveries,
    endpoints,
    figure_rows,
    figures,
    filings,
    home,
    inbox,
    library,
    offers,
    products,
    publication,
    sheets,
)

urlpatterns = [
    path("", home.Home.as_view(), name="institution"),
    path("inbox/", inbox.Inbox.as_view(), name="institution_inbox"),
    path(
        "referrals/<uuid:referral_id>/",
        inbox.ReferralDetail.as_view(),
        name="institution_inbox_referral",
    ),
    path(
        "referrals/<uuid:referral_id>/acknowledge/",
        answers.Acknowledge.as_view(),
        name="institution_inbox_acknowledge",
    ),
    path(
        "referrals/<uuid:referral_id>/<slug:answer>/",
        answers.Answer.as_view(),
        name="institution_inbox_answer",
    ),
    path("products/", products.ProductList.as_view(), name="institution_products"),
    path("products/new/", products.NewProduct.as_view(), name="institution_products_new"),
    path(
        "products/<uuid:product_id>/",
        products.ProductDetail.as_view(),
        name="institution_products_one",
    ),
    path(
        "products/<uuid:product_id>/edit/",
        products.EditProduct.as_view(),
        name="institution_products_edit",
    ),
    path(
        "products/<uuid:product_id>/publish/",
        publication.PublishProduct.as_view(),
        name="institution_products_publish",
    ),
    path(
        "products/<uuid:product_id>/close/",
        products.CloseProduct.as_view(),
        name="institution_products_close",
    ),
    path("sheets/", sheets.SheetList.as_view(), name="institution_sheets"),
    path("sheets/<uuid:sheet_id>/", sheets.SheetDetail.as_view(), name="institution_sheets_one"),
    path(
        "sheets/<uuid:sheet_id>/workbook/",
        sheets.SheetWorkbook.as_view(),
        name="institution_sheets_workbook",
    ),
    path("policies/", offers.PolicyList.as_view(), name="institution_policies"),
    path("policies/new/", offers.NewPolicy.as_view(), name="institution_policies_new"),
    path(
        "policies/<uuid:policy_id>/", offers.PolicyDetail.as_view(), name="institution_policies_one"
    ),
    path(
        "policies/<uuid:policy_id>/edit/",
        offers.EditPolicy.as_view(),
        name="institution_policies_edit",
    ),
    path(
        "policies/<uuid:policy_id>/publish/",
        offers.PublishPolicy.as_view(),
        name="institution_policies_publish",
    ),
    path(
        "policies/<uuid:policy_id>/withdraw/",
        offers.WithdrawPolicy.as_view(),
        name="institution_policies_withdraw",
    ),
    path("projects/", library.Library.as_view(), name="institution_projects"),
    path(
        "projects/<uuid:project_id>/",
        library.LibraryProject.as_view(),
        name="institution_projects_one",
    ),
    path("intents/", library.Intents.as_view(), name="institution_projects_intents"),
    path(
        "intents/<uuid:intent_id>/",
        library.IntentDetail.as_view(),
        name="institution_projects_intent",
    ),
    path(
        "intents/<uuid:intent_id>/drop/",
        library.DropIntent.as_view(),
        name="institution_projects_drop",
    ),
    path("figures/", figures.Figures.as_view(), name="institution_figures"),
    path("figures/short/", figures.FunnelInShort.as_view(), name="institution_figures_short"),
    path("figures/rows/", figure_rows.FunnelRows.as_view(), name="institution_figures_rows"),
    path(
        "figures/response/",
        figure_rows.ResponseRows.as_view(),
        name="institution_figures_response",
    ),
    path("figures/product/", figure_rows.ProductRows.as_view(), name="institution_figures_product"),
    path("filings/", filings.FilingList.as_view(), name="institution_filings"),
    path("filings/new/", filings.NewFiling.as_view(), name="institution_filings_new"),
    path(
        "filings/<uuid:aggregate_id>/edit/",
        filings.EditFiling.as_view(),
        name="institution_filings_edit",
    ),
    path(
        "filings/<uuid:aggregate_id>/sign/",
        filings.SignFiling.as_view(),
        name="institution_filings_sign",
    ),
    path(
        "filings/<uuid:aggregate_id>/discard/",
        filings.DiscardFiling.as_view(),
        name="institution_filings_discard",
    ),
    path("endpoints/", endpoints.EndpointList.as_view(), name="institution_endpoints"),
    path("endpoints/new/", endpoints.NewEndpoint.as_view(), name="institution_endpoints_new"),
    path(
        "endpoints/<uuid:webhook_endpoint_id>/edit/",
        endpoints.EditEndpoint.as_view(),
        name="institution_endpoints_edit",
    ),
    path(
        "endpoints/<uuid:webhook_endpoint_id>/rotate/",
        endpoints.RotateSecret.as_view(),
        name="institution_endpoints_rotate",
    ),
    path(
        "endpoints/<uuid:webhook_endpoint_id>/ping/",
        endpoints.PingEndpoint.as_view(),
        name="institution_endpoints_ping",
    ),
    path(
        "endpoints/<uuid:webhook_endpoint_id>/switch/",
        endpoints.SwitchEndpoint.as_view(),
        name="institution_endpoints_switch",
    ),
    path(
        "endpoints/<uuid:webhook_endpoint_id>/remove/",
        endpoints.RemoveEndpoint.as_view(),
        name="institution_endpoints_remove",
    ),
    path("deliveries/", deliveries.DeliveryList.as_view(), name="institution_endpoints_deliveries"),
    path(
        "deliveries/<uuid:delivery_id>/",
        deliveries.DeliveryDetail.as_view(),
        name="institution_endpoints_delivery",
    ),
    path(
        "deliveries/<uuid:delivery_id>/replay/",
        deliveries.ReplayDelivery.as_view(),
        name="institution_endpoints_replay",
    ),
]
