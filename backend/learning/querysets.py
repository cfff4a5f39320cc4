"""Filters on sources of imported outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from backend.organizations.permissions import Permission

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class PastSourceQuerySet(models.QuerySet):
    """Sources, taken back ones included."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave all sources to heads of departments; nobody else has any."""
        if not (actor.is_department and actor.has(Permission.MODEL_VIEW)):
            return self.none()
        return self.select_related("imported_by", "withdrawn_by")

    def in_use(self) -> Self:
        """Leave what was not taken back."""
        return self.filter(withdrawn_at__isnull=True)
