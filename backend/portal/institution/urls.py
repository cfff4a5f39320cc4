"""Addresses of an institution's pages."""

from django.urls import path

from backend.portal.institution import answers, home, inbox

urlpatterns = [
    path("", home.Home.as_view(), name="institution"),
    path("inbox/", inbox.Inbox.as_view(), name="institution_inbox"),
    path(
        "referrals/<uuid:referral_id>/",
        inbox.ReferralDetail.as_view(),
        name="institution_referral",
    ),
    path(
        "referrals/<uuid:referral_id>/acknowledge/",
        answers.Acknowledge.as_view(),
        name="institution_acknowledge",
    ),
    path(
        "referrals/<uuid:referral_id>/<slug:answer>/",
        answers.Answer.as_view(),
        name="institution_answer",
    ),
]
