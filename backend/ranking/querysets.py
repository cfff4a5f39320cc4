"""Filters on versions of the ranking model."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from backend.organizations.permissions import Permission
from backend.ranking.enums import VersionStatus

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class ModelVersionQuerySet(models.QuerySet):
    """Versions; their files are loaded only where they are asked for."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave all versions to heads of departments; nobody else has any."""
        if not (actor.is_department and actor.has(Permission.MODEL_VIEW)):
            return self.none()
        return self.defer("content")

    def active(self) -> Self:
        """Leave the version in use; none where the platform ranks by rules."""
        return self.filter(status=VersionStatus.ACTIVE)

    def waiting(self) -> Self:
        """Leave versions that nobody has fitted yet."""
        return self.filter(status=VersionStatus.WAITING)

    def stalled(self, since: datetime) -> Self:
        """Leave waiting versions that nothing has woken since then."""
        return self.waiting().filter(woken_at__lt=since)
