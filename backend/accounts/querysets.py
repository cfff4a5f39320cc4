"""Filters on API keys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class ApiKeyQuerySet(models.QuerySet):
    """Keys of all users."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave one's own keys; nobody sees another's."""
        return self.filter(user=actor.user)

    def live(self, now: datetime) -> Self:
        """Leave keys that open the door now."""
        return self.filter(expiry__gt=now, user__is_active=True)
