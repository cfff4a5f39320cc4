"""Contacts: list, read, enter, change; the person's own consent to be named."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api.filters import refuse_unknown_parameters
from backend.api.serializers import EmptyInput
from backend.api.v1.contacts.filters import ContactFilter
from backend.api.v1.contacts.serializers import (
    AgreeInput,
    ContactChange,
    ContactInput,
    ContactOutput,
    NoticeAnswer,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.common.errors import InvalidInput
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.partners import services
from backend.partners.models import Contact
from backend.partners.notice import NOTICE, NOTICE_SHA256, NOTICE_VERSION
from backend.partners.validators import NOT_A_MEMBER


class ContactViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """One's own contacts, and those of the other side who agreed to be named."""

    queryset = Contact.objects.none()
    serializer_class = ContactOutput
    filterset_class = ContactFilter
    permission_words = {
        "list": Permission.CONTACT_VIEW,
        "retrieve": Permission.CONTACT_VIEW,
        "notice": Permission.CONTACT_VIEW,
        "create": Permission.CONTACT_EDIT,
        "partial_update": Permission.CONTACT_EDIT,
        "agree": Permission.CONTACT_VIEW,
        "withdraw_agreement": Permission.CONTACT_VIEW,
    }

    def get_queryset(self) -> QuerySet[Contact]:
        """Start from the visible contacts."""
        visible = Contact.objects.visible_to(self.actor)
        return visible.select_related("organization", "user", "covered_by").order_by("created_at")

    def revisions_beside(self, instance: Contact) -> tuple[int, ...]:
        """Count the unit, whose name stands there, and whoever covers."""
        cover = instance.covered_by
        return (instance.organization.revision, cover.revision if cover else 0)

    @extend_schema(request=ContactInput, responses={201: ContactOutput})
    def create(self, request: Request) -> Response:
        """Enter a contact; they are not named to others before they agree."""
        values = self._with_user(self.read_input(ContactInput))
        organization = self.actor.organization
        if "organization" in values:
            organization = self._find_organization(values.pop("organization"))
        contact = services.create_contact(
            actor=self.actor, organization=organization, values=values
        )
        return self.respond(contact, status.HTTP_201_CREATED)

    @extend_schema(request=ContactChange, responses=ContactOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a contact, or note an absence and who covers it."""
        contact = self.get_object()
        changes = self._with_user(self.read_input(ContactChange, partial=True))
        if changes.get("covered_by") is not None:
            changes["covered_by"] = self._find_cover(changes["covered_by"])
        contact = services.update_contact(
            actor=self.actor,
            contact=contact,
            changes=changes,
            expected_revision=self.expected_revision(),
        )
        return self.respond(contact)

    @extend_schema(request=AgreeInput, responses=ContactOutput)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, id: str) -> Response:
        """Agree to be named to the other side; the person's own word."""
        contact = self.get_object()
        contact = services.agree_to_be_named(
            actor=self.actor, contact=contact, now=timezone.now(), **self.read_input(AgreeInput)
        )
        return self.respond(contact)

    @extend_schema(request=EmptyInput, responses=ContactOutput)
    @action(detail=True, methods=["post"], url_path="withdraw-agreement")
    def withdraw_agreement(self, request: Request, id: str) -> Response:
        """Take the consent to be named back; holds at once, repeating changes nothing."""
        contact = self.get_object()
        self.read_input(EmptyInput)
        contact = services.withdraw_agreement(actor=self.actor, contact=contact, now=timezone.now())
        return self.respond(contact)

    @extend_schema(responses=NoticeAnswer, filters=False)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def notice(self, request: Request) -> Response:
        """Show what a person reads before agreeing to be named."""
        refuse_unknown_parameters(request, set())
        return Response({"version": NOTICE_VERSION, "sha256": NOTICE_SHA256, "body": NOTICE})

    def _with_user(self, values: dict[str, Any]) -> dict[str, Any]:
        """Replace an account's name by the account.

        One that does not exist is refused as one of another unit is: nobody tries names here.
        """
        username = values.get("user")
        if username is not None:
            user = User.objects.filter(username=username, is_active=True).first()
            if user is None:
                raise InvalidInput.of("user", "not_a_member", NOT_A_MEMBER)
            values["user"] = user
        return values

    def _find_organization(self, public_id: object) -> Organization:
        found = Organization.objects.visible_to(self.actor).filter(public_id=public_id).first()
        if found is None:
            raise InvalidInput.of("organization", "unknown_id", f"没有 id 为 {public_id} 的单位。")
        return found

    def _find_cover(self, public_id: object) -> Contact:
        found = self.get_queryset().filter(public_id=public_id).first()
        if found is None:
            raise InvalidInput.of("covered_by", "unknown_id", f"没有 id 为 {public_id} 的联系人。")
        return found
