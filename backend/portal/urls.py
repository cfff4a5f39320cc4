"""Addresses of pages; each role's lie below its own prefix."""

from django.urls import include, path

from backend.portal import announcements, documents, notices

app_name = "portal"

urlpatterns = [
    path("", include("backend.portal.account.urls")),
    path("notices/", notices.Inbox.as_view(), name="notices"),
    path("notices/read-all/", notices.ReadAll.as_view(), name="notices_read_all"),
    path("notices/preferences/", notices.Preferences.as_view(), name="notices_preferences"),
    path("notices/<uuid:notification_id>/open/", notices.OpenNotice.as_view(), name="notices_open"),
    path("notices/<uuid:notification_id>/read/", notices.ReadNotice.as_view(), name="notices_read"),
    path("documents/<uuid:document_id>/", documents.DocumentContent.as_view(), name="document"),
    path("announcements/", announcements.Announcements.as_view(), name="announcements"),
    path(
        "announcements/<uuid:announcement_id>/",
        announcements.Detail.as_view(),
        name="announcements_detail",
    ),
    path("", include("backend.portal.people.urls")),
    path("", include("backend.portal.hosting.urls")),
    path("firm/", include("backend.portal.firm.urls")),
    path("institution/", include("backend.portal.institution.urls")),
    path("department/", include("backend.portal.department.urls")),
    path("incubator/", include("backend.portal.incubator.urls")),
]
