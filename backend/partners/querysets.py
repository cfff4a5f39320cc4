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
        own = Q(organization=actor.organization)
        if actor.is_department:
            return self.filter(own | Q(organization__agreements__department=actor.organization))
        if actor.is_institution:
            return self.filter(own | Q(organization__concluded__institution=actor.organization))
        return self.filter(own)

    def usable(self) -> Self:
        """Leave the contacts that are in office and have agreed to be named."""
        return self.filter(
            is_active=True, agreed_at__isnull=False, agreement_withdrawn_at__isnull=True
        )


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
