"""Addresses of the pages on an organization's people, whatever its kind."""

from django.urls import path

from backend.portal.people import contacts, members

_CONTACT = "people/<uuid:contact_id>/"

urlpatterns = [
    path("people/", contacts.Contacts.as_view(), name="people"),
    path("people/new/", contacts.NewContact.as_view(), name="people_new"),
    path(f"{_CONTACT}edit/", contacts.EditContact.as_view(), name="people_edit"),
    path(f"{_CONTACT}agree/", contacts.AgreeContact.as_view(), name="people_agree"),
    path(f"{_CONTACT}withdraw/", contacts.WithdrawContactConsent.as_view(), name="people_withdraw"),
    path("members/", members.Members.as_view(), name="members"),
    path("members/new/", members.NewMember.as_view(), name="members_new"),
    path("members/<uuid:membership_id>/end/", members.EndMember.as_view(), name="members_end"),
]
