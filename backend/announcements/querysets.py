"""Filters on announcements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from backend.announcements.enums import AnnouncementStatus
from backend.organizations.permissions import Permission
from backend.reference.regions import containing_divisions, region_prefix

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class AnnouncementQuerySet(models.QuerySet):
    """Announcements of departments."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what concerns the actor today, for officers also all of their department's own."""
        if not actor.has(Permission.ANNOUNCEMENT_VIEW):
            return self.none()
        concerning = self.concerning(actor)
        if actor.has(Permission.ANNOUNCEMENT_EDIT):
            return concerning | self.own(actor)
        return concerning

    def own(self, actor: Actor) -> Self:
        """Leave those of the actor's department, whatever their state."""
        return self.filter(department=actor.organization)

    def concerning(self, actor: Actor) -> Self:
        """Leave what is shown to the actor's role and region today."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=actor.today),
            Q(roles=[]) | Q(roles__contains=[actor.role.value]),
            _meets(actor.region),
            status=AnnouncementStatus.PUBLISHED,
            valid_from__lte=actor.today,
        )

    def with_parties(self) -> Self:
        """Load the department and the region along."""
        return self.select_related("department", "region", "published_by")

    def with_reading(self, actor: Actor) -> Self:
        """Say of each whether the actor has read it here."""
        readings = apps.get_model("announcements", "Reading").objects.filter(
            announcement=OuterRef("pk"), membership=actor.membership
        )
        return self.annotate(is_read=Exists(readings))

    def unread_by(self, actor: Actor) -> Self:
        """Leave what the actor has not opened yet."""
        return self.with_reading(actor).filter(is_read=False)


def _meets(region: str | None) -> Q:
    """Say "is about this region, about one inside it, or about one around it".

    Whoever has no region, like those who keep accounts, is concerned by all.
    """
    if region is None:
        return Q()
    around = containing_divisions(region)
    return Q(region__in=around) | Q(region__code__startswith=region_prefix(region))
