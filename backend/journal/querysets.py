"""Filters on events and their dispatches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class EventQuerySet(models.QuerySet):
    """What happened."""

    def about(self, subject_type: str, subject_id: UUID) -> Self:
        """Leave the history of one object, the newest first."""
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def visible_to(self, actor: Actor) -> Self:
        """Leave everything for whoever may read the journal, nothing for others."""
        # The word itself: the journal lies below the app that names all words.
        return self if "journal:event:view" in actor.permissions else self.none()


class DispatchQuerySet(models.QuerySet):
    """The outbox."""

    def due(self, now: datetime) -> Self:
        """Leave what has not been relayed and may be tried now, the oldest first."""
        return self.filter(relayed_at__isnull=True, due_at__lte=now).order_by("due_at", "pk")
