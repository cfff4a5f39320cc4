"""Addresses of the pages of those who hold activities."""

from django.urls import path

from backend.portal.hosting import activities, participants

_ONE = "activities/<uuid:activity_id>/"
_PLACE = "participants/<uuid:participant_id>/"

urlpatterns = [
    path("activities/", activities.Activities.as_view(), name="activities"),
    path("activities/new/", activities.New.as_view(), name="activities_new"),
    path(_ONE, activities.Detail.as_view(), name="activities_one"),
    path(f"{_ONE}edit/", activities.Edit.as_view(), name="activities_edit"),
    path(f"{_ONE}announce/", activities.Announce.as_view(), name="activities_announce"),
    path(f"{_ONE}hold/", activities.Hold.as_view(), name="activities_hold"),
    path(f"{_ONE}cancel/", activities.Cancel.as_view(), name="activities_cancel"),
    path(f"{_PLACE}admit/", participants.Admit.as_view(), name="activities_admit"),
    path(f"{_PLACE}refuse/", participants.Refuse.as_view(), name="activities_refuse"),
    path(f"{_PLACE}presence/", participants.NotePresence.as_view(), name="activities_presence"),
    path(f"{_PLACE}award/", participants.Award.as_view(), name="activities_award"),
]
