"""Filters on match runs, their chunks and rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from backend.matches.enums import ACTIVE_RUN_STATUSES, ChunkStatus
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class MatchRunQuerySet(models.QuerySet):
    """Match runs."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the runs over the department's own region and below; nobody else has any."""
        if not (actor.is_department and actor.has(Permission.RUN_VIEW)):
            return self.none()
        return self.filter(OrganizationQuerySet.inside(actor.region))

    def active(self) -> Self:
        """Leave runs that are waiting or at work."""
        return self.filter(status__in=ACTIVE_RUN_STATUSES)

    def stalled(self, since: datetime) -> Self:
        """Leave active runs that nothing has woken and nothing has advanced since then."""
        return self.active().filter(
            Q(woken_at__lt=since),
            ~Q(chunks__finished_at__gte=since),
        )

    def with_progress(self) -> Self:
        """Add ``needs_done``: how many needs stand in finished chunks."""
        done = Sum("chunks__need_count", filter=Q(chunks__status=ChunkStatus.FINISHED))
        return self.annotate(needs_done=Coalesce(done, 0))


class MatchChunkQuerySet(models.QuerySet):
    """Chunks of runs."""

    def pending(self) -> Self:
        """Leave what is still to be computed in runs that still want it."""
        return self.filter(status=ChunkStatus.PENDING, run__status__in=ACTIVE_RUN_STATUSES)
