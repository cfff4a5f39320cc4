"""Base classes of stored objects."""

import uuid
from typing import Self

from django.db import models

from backend.common.errors import StaleRevision


class TimestampedModel(models.Model):
    """Say when a row was made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class PublicModel(TimestampedModel):
    """Carry a random public id; the database's own key never leaves the platform."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class EditableModel(PublicModel):
    """Count revisions, so that two people who change one object are told apart."""

    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def check_revision(self, expected: int | None) -> None:
        """Refuse a change that was made on an older revision; None means "not asked"."""
        if expected is not None and expected != self.revision:
            raise StaleRevision(expected=expected, actual=self.revision)

    def save_revision(self, *, update_fields: list[str] | None = None) -> Self:
        """Save and count one revision more; call it once per use case, under a row lock."""
        self.revision += 1
        if update_fields is not None:
            update_fields = [*update_fields, "revision", "updated_at"]
        self.save(update_fields=update_fields)
        return self
