"""Filters on contacts and agreements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.lines import at_or_below, line_of
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor
    from backend.partners.models import Contact


class ContactQuerySet(models.QuerySet):
    """Contact persons."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave one's own contacts, and of the other side those who agreed to be named.

        An institution's unit keeps those of the units below it too. Departments see those of all
        institutions, because they name them in new agreements; institutions see those of the
        departments that they have an agreement with.
        """
        if not actor.has(Permission.CONTACT_VIEW):
            return self.none()
        own = Q(organization=actor.organization)
        if actor.is_department:
            partners = Q(organization__kind__in=sorted(OFFERING_KINDS))
            return self.filter(own | (partners & self.nameable()))
        own |= at_or_below(actor.organization, path="organization")
        return self.filter(own | (self._of_departments(actor) & self.nameable()))

    @staticmethod
    def _of_departments(actor: Actor) -> Q:
        """Say "belongs to a department that the unit works with under an agreement"."""
        from backend.partners.models import Agreement  # noqa: PLC0415 - models import this module

        agreements = Agreement.objects.filter(institution__in=line_of(actor.organization))
        return Q(organization__in=agreements.values("department"))

    @staticmethod
    def nameable() -> Q:
        """Say "is in office and has agreed to be named"."""
        return Q(is_active=True, agreed_at__isnull=False, agreement_withdrawn_at__isnull=True)

    def usable(self) -> Self:
        """Leave the contacts that are in office and have agreed to be named."""
        return self.filter(self.nameable())


class AgreementQuerySet(models.QuerySet):
    """Agreements between departments and institutions."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the agreements of one's own side.

        Departments see those of their region and below too, units those of the units above them.
        """
        if not actor.has(Permission.AGREEMENT_VIEW):
            return self.none()
        if actor.is_department:
            inside = OrganizationQuerySet.inside(actor.region, path="department__")
            return self.filter(Q(department=actor.organization) | inside)
        return self.filter(institution__in=line_of(actor.organization))

    def live_on(self, day: date) -> Self:
        """Leave those that hold on a day."""
        return self.filter(
            valid_from__lte=day, valid_until__gt=day, ended_at__isnull=True, signed_on__isnull=False
        )

    def naming(self, contact: Contact) -> Self:
        """Leave those that name somebody as a contact."""
        return self.filter(
            Q(department_contact=contact)
            | Q(institution_contact=contact)
            | Q(second_contact=contact)
        )

    def with_contacts(self) -> Self:
        """Load the contacts of both sides along, with whoever covers for them."""
        named = ("department_contact", "institution_contact", "second_contact")
        covers = (f"{contact}__covered_by__organization" for contact in named)
        return self.select_related(
            "department",
            "institution",
            *(f"{contact}__organization" for contact in named),
            *covers,
        )
