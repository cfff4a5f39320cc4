"""Filters on activities, participations, projects and intents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from backend.activities.enums import (
    INVESTOR_KINDS,
    ActivityStatus,
    Part,
    ParticipationStatus,
    ProjectStatus,
)
from backend.activities.lifecycle import TAKING_A_PLACE
from backend.consents.enums import Direction
from backend.consents.models import Consent
from backend.firms.querysets import FirmQuerySet
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.models import NamedInstitution
from backend.organizations.lines import at_or_below, line_of
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

# Needs that an investor may still meet.
_SEEKING = [NeedStatus.OPEN, NeedStatus.IN_REFERRAL]


class ActivityQuerySet(models.QuerySet):
    """Activities."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what was announced, and one's own drafts."""
        if not actor.has(Permission.ACTIVITY_VIEW):
            return self.none()
        return self.filter(Q(announced_at__isnull=False) | Q(host=actor.organization))

    def with_parties(self) -> Self:
        """Load host, region and co-organizers along."""
        return self.select_related("host", "region").prefetch_related("co_organizers")

    def with_counts(self) -> Self:
        """Say how many places are taken and how many wait; institutions stand apart."""
        entrants = Q(participations__part=Part.ENTRANT)
        taking = Q(participations__status__in=sorted(TAKING_A_PLACE))
        return self.annotate(
            entrant_count=Count("participations", filter=entrants & taking),
            waiting_count=Count(
                "participations",
                filter=entrants & Q(participations__status=ParticipationStatus.WAITING),
            ),
            institution_count=Count("participations", filter=~entrants & taking),
        )

    def held(self) -> Self:
        """Leave those that took place."""
        return self.filter(status=ActivityStatus.HELD)


class ParticipationQuerySet(models.QuerySet):
    """Who takes part in what."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave one's own, those of one's own activities, and those of firms one oversees.

        Firms' names reach no institution this way: whoever co-organizes sees numbers only.
        """
        if not actor.has(Permission.PARTICIPANT_VIEW):
            return self.none()
        if actor.is_institution:
            return self.filter(at_or_below(actor.organization, path="organization"))
        own = Q(organization=actor.organization) | Q(activity__host=actor.organization)
        if actor.is_incubator:
            own |= FirmQuerySet.speaking(actor, firm="firm_id")
        if actor.is_department:
            own |= Q(firm__isnull=False) & OrganizationQuerySet.inside(
                actor.region, path="organization__"
            )
        return self.filter(own)

    def with_parties(self) -> Self:
        """Load the activity, the organization and the need along."""
        return self.select_related("activity__host", "organization", "firm__organization", "need")

    def taking_a_place(self) -> Self:
        """Leave the entrants that take up a place."""
        return self.filter(part=Part.ENTRANT, status__in=sorted(TAKING_A_PLACE))


class ProjectQuerySet(models.QuerySet):
    """Projects of the library."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the projects of firms one speaks for or oversees; investors see what is listed.

        An investor sees listed projects of needs that are open to others. Any institution with
        a live consent sees the project of that need. Whoever the firm excluded sees nothing.
        """
        if not actor.has(Permission.PROJECT_VIEW):
            return self.none()
        if actor.is_firm:
            return self.filter(need__firm__organization=actor.organization)
        if actor.is_incubator:
            return self.filter(FirmQuerySet.speaking(actor, firm="need__firm_id"))
        if actor.is_department:
            inside = OrganizationQuerySet.inside(actor.region, path="need__firm__organization__")
            return self.filter(inside).exclude(status=ProjectStatus.DRAFT)
        return self.filter(status=ProjectStatus.LISTED).seen_by_institution(actor)

    def seen_by_institution(self, actor: Actor) -> Self:
        """Leave the projects of needs that an institution may meet today."""
        line = line_of(actor.organization)
        about = {"need": OuterRef("need"), "institution__in": line}
        consents = Consent.objects.live_on(actor.today).towards(Direction.TO_INSTITUTION)
        excluded = NamedInstitution.objects.filter(attitude=Attitude.EXCLUDED, **about)
        open_to = Exists(consents.filter(**about))
        if actor.organization.institution_kind in INVESTOR_KINDS:
            open_to |= Q(need__open_to_others=True)
        return self.filter(open_to, ~Exists(excluded), need__status__in=_SEEKING)

    def with_parties(self) -> Self:
        """Load the need with its firm and the activity along."""
        return self.select_related("need__firm__organization", "activity")


class IntentQuerySet(models.QuerySet):
    """Investors' intents."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave one's own institution's, and those to firms one speaks for or oversees."""
        if not actor.has(Permission.INTENT_VIEW):
            return self.none()
        if actor.is_institution:
            return self.filter(at_or_below(actor.organization, path="institution"))
        firm = "project__need__firm"
        if actor.is_firm:
            return self.filter(**{f"{firm}__organization": actor.organization})
        if actor.is_incubator:
            return self.filter(FirmQuerySet.speaking(actor, firm=f"{firm}_id"))
        if actor.is_department:
            return self.filter(
                OrganizationQuerySet.inside(actor.region, path=f"{firm}__organization__")
            )
        return self.none()

    def with_story(self) -> Self:
        """Load the project, its firm, the institution and the steps along."""
        return self.select_related(
            "project__need__firm__organization", "institution", "activity"
        ).prefetch_related("steps")
