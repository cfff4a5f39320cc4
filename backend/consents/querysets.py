"""Filters on consents and disclosures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from backend.consents.enums import Direction
from backend.firms.querysets import FirmQuerySet
from backend.organizations.lines import line_of
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


def _concerning(actor: Actor, *, firm: str) -> Q:
    """Say "is about a firm that the actor speaks for or oversees"."""
    if actor.is_firm:
        return Q(**{f"{firm}__organization": actor.organization})
    if actor.is_incubator:
        return FirmQuerySet.speaking(actor, firm=f"{firm}_id")
    if actor.is_department:
        return OrganizationQuerySet.inside(actor.region, path=f"{firm}__organization__")
    return Q(pk__in=[])


class ConsentQuerySet(models.QuerySet):
    """Consents."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave those of firms that one speaks for or oversees, and those given to oneself.

        A department sees them once the need was submitted. An institution sees those that cover
        it, given to it or to a unit above, once the need was verified.
        """
        if not actor.has(Permission.CONSENT_VIEW):
            return self.none()
        if actor.is_institution:
            line = line_of(actor.organization)
            return self.filter(institution__in=line, need__verified_at__isnull=False)
        concerning = self.filter(_concerning(actor, firm="need__firm"))
        if actor.is_department:
            return concerning.filter(need__submitted_at__isnull=False)
        return concerning

    def with_parties(self) -> Self:
        """Load the need with its firm, the institution, the text and the people along."""
        return self.select_related(
            "need__firm__organization", "institution", "text", "granted_by", "withdrawn_by"
        )

    def live_on(self, day: date) -> Self:
        """Leave those that hold on a day."""
        return self.standing().filter(expires_on__gt=day)

    def standing(self) -> Self:
        """Leave those that were neither withdrawn nor replaced, expired or not."""
        return self.filter(withdrawn_at__isnull=True, replaced_at__isnull=True)

    def towards(self, direction: Direction) -> Self:
        """Leave one direction."""
        return self.filter(direction=direction)


class RosterConsentQuerySet(models.QuerySet):
    """Consents to stand on rosters."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave those of firms that one speaks for or oversees, and those that cover oneself."""
        if not actor.has(Permission.CONSENT_VIEW):
            return self.none()
        if actor.is_institution:
            return self.filter(institution__in=line_of(actor.organization)).standing()
        return self.filter(_concerning(actor, firm="firm"))

    def with_parties(self) -> Self:
        """Load the firm, the institution and the people along."""
        return self.select_related(
            "firm__organization", "institution", "granted_by", "withdrawn_by"
        )

    def standing(self) -> Self:
        """Leave those that were neither withdrawn nor replaced, expired or not."""
        return self.filter(withdrawn_at__isnull=True, replaced_at__isnull=True)

    def live_on(self, day: date) -> Self:
        """Leave those that hold on a day."""
        return self.standing().filter(expires_on__gt=day)


class DisclosureQuerySet(models.QuerySet):
    """Which field was shown to whom, and when."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what was shown of firms that one speaks for or oversees."""
        if not actor.has(Permission.DISCLOSURE_VIEW):
            return self.none()
        return self.filter(_concerning(actor, firm="firm"))

    def with_parties(self) -> Self:
        """Load the firm, the need, the institution, the consents and the reader along."""
        return self.select_related(
            "firm__organization", "need", "institution", "consent", "roster_consent", "user"
        )
