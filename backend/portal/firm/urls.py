"""Addresses of a firm's pages."""

from django.urls import path

from backend.portal.firm import (
    activities,
    consents,
    data_requests,
    documents,
    evaluations,
    intents,
    need_pages,
    needs,
    outcomes,
    own_data,
    profile,
    projects,
    views,
)

urlpatterns = [
    path("", views.Home.as_view(), name="firm"),
    path("needs/new/", needs.NewNeed.as_view(), name="firm_need_new"),
    path("needs/<uuid:need_id>/", need_pages.NeedDetail.as_view(), name="firm_need"),
    path("needs/<uuid:need_id>/print/", need_pages.NeedPrint.as_view(), name="firm_need_print"),
    path(
        "needs/<uuid:need_id>/what-if/", need_pages.NeedWhatIf.as_view(), name="firm_need_what_if"
    ),
    path(
        "needs/<uuid:need_id>/calendar/",
        need_pages.NeedCalendar.as_view(),
        name="firm_need_calendar",
    ),
    path("needs/<uuid:need_id>/edit/", needs.EditNeed.as_view(), name="firm_need_edit"),
    path("needs/<uuid:need_id>/submit/", needs.SubmitNeed.as_view(), name="firm_need_submit"),
    path("needs/<uuid:need_id>/withdraw/", needs.WithdrawNeed.as_view(), name="firm_need_withdraw"),
    path(
        "needs/<uuid:need_id>/documents/", documents.Documents.as_view(), name="firm_need_documents"
    ),
    path(
        "documents/<uuid:document_id>/remove/",
        documents.RemoveDocument.as_view(),
        name="firm_need_documents_remove",
    ),
    path("needs/<uuid:need_id>/consents/", consents.Consents.as_view(), name="firm_consents"),
    path(
        "consents/<uuid:consent_id>/withdraw/",
        consents.WithdrawConsent.as_view(),
        name="firm_consents_withdraw",
    ),
    path("profile/", profile.Profile.as_view(), name="firm_profile"),
    path("profile/edit/", profile.EditProfile.as_view(), name="firm_profile_edit"),
    path("profile/cascade/", profile.Cascade.as_view(), name="firm_profile_cascade"),
    path("profile/year/", profile.YearlyFigures.as_view(), name="firm_profile_year"),
    path("profile/counts/", profile.Counts.as_view(), name="firm_profile_counts"),
    path(
        "profile/qualifications/new/",
        profile.NewQualification.as_view(),
        name="firm_profile_qualification",
    ),
    path(
        "profile/evaluations/new/",
        evaluations.NewEvaluation.as_view(),
        name="firm_profile_evaluation",
    ),
    path(
        "profile/evaluations/<uuid:evaluation_id>/retract/",
        evaluations.RetractEvaluation.as_view(),
        name="firm_profile_evaluation_retract",
    ),
    path("profile/data/", own_data.OwnData.as_view(), name="firm_profile_data"),
    path(
        "profile/data/requests/new/",
        data_requests.NewDataRequest.as_view(),
        name="firm_profile_data_request",
    ),
    path(
        "profile/tenancies/<uuid:tenant_id>/speak/",
        profile.SetSpeaking.as_view(),
        name="firm_profile_speak",
    ),
    path(
        "profile/tenancies/<uuid:tenant_id>/progress/",
        profile.SetSharing.as_view(),
        name="firm_profile_share",
    ),
    path("activities/", activities.Activities.as_view(), name="firm_activities"),
    path(
        "activities/<uuid:activity_id>/",
        activities.ActivityDetail.as_view(),
        name="firm_activities_one",
    ),
    path(
        "participants/<uuid:participant_id>/leave/",
        activities.LeaveActivity.as_view(),
        name="firm_activities_leave",
    ),
    path("projects/", projects.Projects.as_view(), name="firm_projects"),
    path("projects/new/", projects.NewProject.as_view(), name="firm_projects_new"),
    path(
        "projects/<uuid:project_id>/edit/",
        projects.EditProject.as_view(),
        name="firm_projects_edit",
    ),
    path(
        "projects/<uuid:project_id>/list/",
        projects.ListProject.as_view(),
        name="firm_projects_list",
    ),
    path(
        "projects/<uuid:project_id>/withdraw/",
        projects.TakeDownProject.as_view(),
        name="firm_projects_withdraw",
    ),
    path("intents/<uuid:intent_id>/", intents.AnswerIntent.as_view(), name="firm_projects_intent"),
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
