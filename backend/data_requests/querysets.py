"""Filters on requests about data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, IntegerField, Value, When

from backend.data_requests.enums import RequestStatus
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet

if TYPE_CHECKING:
    from backend.organizations.actors import Actor


class DataRequestQuerySet(models.QuerySet):
    """Requests."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave a firm's own, a department's those of the firms of its region and below."""
        if not actor.has(Permission.DATA_REQUEST_VIEW):
            return self.none()
        if actor.is_firm:
            return self.filter(firm__organization=actor.organization)
        if actor.is_department:
            return self.filter(
                OrganizationQuerySet.inside(actor.region, path="firm__organization__")
            )
        return self.none()

    def open(self) -> Self:
        """Leave those that wait for an answer."""
        return self.filter(status=RequestStatus.OPEN)

    def for_display(self) -> Self:
        """Load the firm and who asked along."""
        return self.select_related("firm__organization__region", "requested_by")

    def by_urgency(self) -> Self:
        """Put those that wait first, the one due first before the others, then the newest."""
        waits = Case(
            When(status=RequestStatus.OPEN, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return self.order_by(waits, Case(When(status=RequestStatus.OPEN, then="due_on")), "-pk")
