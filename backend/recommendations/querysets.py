"""Filters on recommendations and endorsements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from backend.firms.querysets import FirmQuerySet
from backend.organizations.enums import Agency
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet
from backend.recommendations.enums import RecommendationStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from backend.organizations.actors import Actor


class RecommendationQuerySet(models.QuerySet):
    """Recommendations."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave a department's own, and those submitted inside its region by its agency.

        The science department sees those of every agency, since the platform is its own. A firm
        sees the submitted ones of its needs, and so does an incubator that speaks for it.
        """
        if not actor.has(Permission.RECOMMENDATION_VIEW):
            return self.none()
        submitted = self.filter(submitted_at__isnull=False)
        if actor.is_firm:
            return submitted.filter(need__firm__organization=actor.organization)
        if actor.is_incubator:
            return submitted.filter(FirmQuerySet.speaking(actor, firm="need__firm_id"))
        if not actor.is_department:
            return self.none()
        inside = OrganizationQuerySet.inside(actor.region, path="need__firm__organization__")
        below = Q(submitted_at__isnull=False) & inside
        agency = actor.organization.agency_code
        if agency != Agency.SCIENCE:
            below &= Q(agency=agency)
        return self.filter(below | (Q(department=actor.organization) & inside))

    def accepted(self, need_ids: Collection[int]) -> Self:
        """Leave those of some needs that the last level has accepted."""
        return self.filter(need_id__in=need_ids, status=RecommendationStatus.ACCEPTED)

    def in_turn_of(self, actor: Actor) -> Self:
        """Leave those that wait for the level of the actor's department."""
        waiting = self.visible_to(actor).filter(
            status=RecommendationStatus.SUBMITTED,
            awaiting_level=actor.organization.department_level or "none",
        )
        agency = actor.organization.agency_code
        return waiting if agency == Agency.SCIENCE else waiting.filter(agency=agency)

    def for_display(self) -> Self:
        """Load what a page of them shows along."""
        return self.select_related("need__firm__organization", "department")

    def with_story(self) -> Self:
        """Load visitors, checks and steps along."""
        return self.for_display().prefetch_related(
            "visitors", "checks", "steps__department", "steps__taken_by"
        )


class EndorsementQuerySet(models.QuerySet):
    """Endorsements."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave an incubator's own, those of a firm's needs, a department's inside its region."""
        if not actor.has(Permission.ENDORSEMENT_VIEW):
            return self.none()
        if actor.is_incubator:
            return self.filter(incubator=actor.organization)
        if actor.is_firm:
            return self.filter(need__firm__organization=actor.organization)
        if actor.is_department:
            return self.filter(
                OrganizationQuerySet.inside(actor.region, path="need__firm__organization__")
            )
        return self.none()

    def standing(self) -> Self:
        """Leave those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def for_display(self) -> Self:
        """Load need, firm and incubator along."""
        return self.select_related("need__firm__organization", "incubator")
