"""Filters on organizations and memberships."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from backend.organizations.enums import OrganizationKind, Role
from backend.organizations.permissions import Permission
from backend.reference.regions import region_prefix

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class OrganizationQuerySet(models.QuerySet):
    """Organizations of every kind."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what the actor may know of.

        Institutions, incubators and departments are public inside the platform; firms are
        seen by themselves, by departments whose region they lie in, and by those who keep
        accounts.
        """
        if not actor.has(Permission.ORGANIZATION_VIEW):
            return self.none()
        if actor.role in {Role.ADMINISTRATOR, Role.SECURITY_OFFICER}:
            return self
        public = models.Q(
            kind__in=[
                OrganizationKind.INSTITUTION,
                OrganizationKind.INCUBATOR,
                OrganizationKind.DEPARTMENT,
            ]
        )
        own = models.Q(pk=actor.organization.pk)
        if actor.is_department:
            return self.filter(public | own | self.inside(actor.region))
        return self.filter(public | own)

    @staticmethod
    def inside(region: str | None, *, path: str = "") -> models.Q:
        """Say "lies in this region or below"; no region contains nothing."""
        if region is None:
            return models.Q(pk__in=[])
        return models.Q(**{f"{path}region__code__startswith": region_prefix(region)})


class MembershipQuerySet(models.QuerySet):
    """People's places in organizations."""

    def active(self) -> Self:
        """Leave memberships through which somebody can act today."""
        return self.filter(is_active=True, organization__is_active=True, user__is_active=True)

    @staticmethod
    def with_authority_on(day: date) -> models.Q:
        """Say "authority to act for the firm is proved and has not expired"."""
        return models.Q(authority_proved_at__isnull=False, authority_valid_until__gt=day)

    def with_authority(self, day: date) -> Self:
        """Leave the places whose authority is proved and holds on a day."""
        return self.filter(self.with_authority_on(day))

    def without_authority(self, day: date) -> Self:
        """Leave the places whose authority was never proved or has run out."""
        return self.active().exclude(self.with_authority_on(day))

    def with_authority_until(self, first: date, last: date) -> Self:
        """Leave the places whose authority ends between two days, the first excluded."""
        return self.active().filter(
            authority_valid_until__gt=first, authority_valid_until__lte=last
        )

    def speaking_below(self, actor: Actor) -> Self:
        """Leave the places in firms and incubators that a department looks after."""
        kinds = [OrganizationKind.FIRM, OrganizationKind.INCUBATOR]
        return self.visible_to(actor).filter(organization__kind__in=kinds)

    def visible_to(self, actor: Actor) -> Self:
        """Leave one's own organization's people, for departments also those of firms below."""
        if not actor.has(Permission.MEMBERSHIP_VIEW):
            return self.filter(user=actor.user)
        if actor.role in {Role.ADMINISTRATOR, Role.SECURITY_OFFICER}:
            return self
        own = models.Q(organization=actor.organization)
        if actor.is_department:
            below = OrganizationQuerySet.inside(actor.region, path="organization__")
            return self.filter(
                own
                | (
                    below
                    & models.Q(
                        organization__kind__in=[OrganizationKind.FIRM, OrganizationKind.INCUBATOR]
                    )
                )
            )
        return self.filter(own)
