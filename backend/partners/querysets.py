"""Filters on contacts and agreements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class ContactQuerySet(models.QuerySet):
    """Contact persons."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave one's own contacts and those of the other side of one's agreements."""
        if not actor.has(Permission.CONTACT_VIEW):
            return self.none()
        return self.filter(Q(organization=actor.organization) | self._of_partners(actor))

    @staticmethod
    def _of_partners(actor: Actor) -> Q:
        """Say "has agreed to be named, and belongs to the other side of one's agreements"."""
        from backend.partners.models import Agreement  # noqa: PLC0415 - models import this module

        if actor.is_department:
            other, own = "institution", "department"
        elif actor.is_institution:
            other, own = "department", "institution"
        else:
            return Q(pk__in=[])
        partners = Agreement.objects.filter(**{own: actor.organization}).values(other)
        return Q(organization__in=partners) & ContactQuerySet.nameable()

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
        """Leave the agreements of one's own side; departments see those of their region too."""
        if not actor.has(Permission.AGREEMENT_VIEW):
            return self.none()
        if actor.is_department:
            inside = OrganizationQuerySet.inside(actor.region, path="department__")
            return self.filter(Q(department=actor.organization) | inside)
        return self.filter(institution=actor.organization)

    def live_on(self, day: date) -> Self:
        """Leave those that hold on a day."""
        return self.filter(
            valid_from__lte=day, valid_until__gt=day, ended_at__isnull=True, signed_on__isnull=False
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
