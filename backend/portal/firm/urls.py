"""Addresses of a firm's pages."""

from django.urls import path

from backend.portal.firm import consents, needs, outcomes, views

urlpatterns = [
    path("", views.Home.as_view(), name="firm"),
    path("needs/new/", needs.NewNeed.as_view(), name="firm_need_new"),
    path("needs/<uuid:need_id>/", views.NeedDetail.as_view(), name="firm_need"),
    path("needs/<uuid:need_id>/edit/", needs.EditNeed.as_view(), name="firm_need_edit"),
    path("needs/<uuid:need_id>/submit/", needs.SubmitNeed.as_view(), name="firm_need_submit"),
    path("needs/<uuid:need_id>/withdraw/", needs.WithdrawNeed.as_view(), name="firm_need_withdraw"),
    path("needs/<uuid:need_id>/consents/", consents.Consents.as_view(), name="firm_consents"),
    path(
        "consents/<uuid:consent_id>/withdraw/",
        consents.WithdrawConsent.as_view(),
        name="firm_consents_withdraw",
    ),
    path("disclosures/", consents.Disclosures.as_view(), name="firm_disclosures"),
    path(
        "referrals/<uuid:referral_id>/documents/",
        outcomes.GiveDocuments.as_view(),
        name="firm_give_documents",
    ),
    path(
        "referrals/<uuid:referral_id>/drawdowns/<uuid:drawdown>/confirm/",
        outcomes.ConfirmOutcome.as_view(),
        name="firm_confirm",
    ),
    path(
        "referrals/<uuid:referral_id>/drawdowns/<uuid:drawdown>/contest/",
        outcomes.ContestOutcome.as_view(),
        name="firm_contest",
    ),
]
