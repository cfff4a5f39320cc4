"""Filters on filed figures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from backend.organizations.lines import at_or_below
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet
from backend.partners.models import Agreement

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class AggregateQuerySet(models.QuerySet):
    """What institutions report."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave an institution its own and those of the units below it, drafts too.

        A department sees what was signed by units in its region and below, and by those that
        it has, or had, an agreement with.
        """
        if not actor.has(Permission.AGGREGATE_VIEW):
            return self.none()
        if actor.is_institution:
            return self.filter(at_or_below(actor.organization, path="institution"))
        if not actor.is_department:
            return self.none()
        partners = Agreement.objects.filter(department=actor.organization).values("institution")
        inside = OrganizationQuerySet.inside(actor.region, path="institution__")
        return self.filter(inside | Q(institution__in=partners), signed_at__isnull=False)

    def in_force(self, cutoff: datetime) -> Self:
        """Leave the versions that stood at a moment: signed before it, not replaced by then."""
        later = self.model.objects.filter(replaces=OuterRef("pk"), signed_at__lt=cutoff)
        return self.filter(~Exists(later), signed_at__lt=cutoff)


class IndicatorQuerySet(models.QuerySet):
    """What officers enter."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave a department those about its region and below; nobody else works with them."""
        if not actor.has(Permission.INDICATOR_VIEW) or not actor.is_department:
            return self.none()
        return self.filter(OrganizationQuerySet.inside(actor.region))

    def in_force(self, cutoff: datetime) -> Self:
        """Leave the versions that stood at a moment, without what was withdrawn."""
        later = self.model.objects.filter(replaces=OuterRef("pk"), entered_at__lt=cutoff)
        return self.filter(~Exists(later), entered_at__lt=cutoff, is_withdrawn=False)
