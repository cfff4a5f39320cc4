"""Filters on endpoints and messages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import connection, models

from backend.organizations.enums import InstitutionLevel, Role
from backend.organizations.permissions import Permission
from backend.partners.models import Agreement
from backend.webhooks.enums import EndpointStatus, MessageStatus

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

# Takes from each endpoint its oldest due messages, so that a long queue of one delays no other.
# The lease is the new due time: what a dead worker held is simply due again after it.
_CLAIM = """
UPDATE webhooks_webhookmessage AS message
   SET due_at = %(lease_until)s, claim_id = %(claim_id)s
  FROM (
    SELECT due.id
      FROM webhooks_webhookendpoint AS endpoint
     CROSS JOIN LATERAL (
        SELECT id, due_at FROM webhooks_webhookmessage
         WHERE endpoint_id = endpoint.id AND status = 'pending' AND due_at <= %(now)s
         ORDER BY due_at, id LIMIT %(per_endpoint)s
           FOR UPDATE SKIP LOCKED
     ) AS due
     WHERE endpoint.status = 'active'
       AND (endpoint.quiet_until IS NULL OR endpoint.quiet_until <= %(now)s)
       AND endpoint.id <> ALL(%(busy)s)
     ORDER BY due.due_at, due.id LIMIT %(limit)s
  ) AS claimed
 WHERE message.id = claimed.id
RETURNING message.id
"""


class EndpointQuerySet(models.QuerySet):
    """Where institutions want to be told."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the endpoints that the actor may know of.

        An institution's managers see their own; a department sees those of the institutions that it
        has a live agreement with, and of the units below them; security officers see all.
        """
        present = self.exclude(status=EndpointStatus.REMOVED)
        if not actor.has(Permission.WEBHOOK_VIEW):
            return self.none()
        if actor.role is Role.SECURITY_OFFICER:
            return present
        if actor.is_department:
            return present.filter(_agreed_with(actor))
        return present.filter(organization=actor.organization)

    def with_health(self) -> Self:
        """Add ``last_delivered_at``, ``pending_count`` and ``failed_count``."""
        messages = self.model._meta.get_field("messages").related_model.objects
        own = messages.filter(endpoint=models.OuterRef("pk")).order_by()

        def count(status: MessageStatus) -> models.Subquery:
            rows = own.filter(status=status).values("endpoint").annotate(n=models.Count("pk"))
            return models.functions.Coalesce(models.Subquery(rows.values("n")), 0)

        delivered = own.order_by("-delivered_at").filter(delivered_at__isnull=False)
        return self.annotate(
            last_delivered_at=models.Subquery(delivered.values("delivered_at")[:1]),
            pending_count=count(MessageStatus.PENDING),
            failed_count=count(MessageStatus.FAILED),
        )


def _agreed_with(actor: Actor) -> models.Q:
    """Say "the institution works under an agreement with the department": its own or from above."""
    agreements = Agreement.objects.live_on(actor.today).filter(department=actor.organization)
    partners = agreements.values("institution")
    found = models.Q()
    for step in range(len(InstitutionLevel)):
        found |= models.Q(**{"__".join(["organization", *["parent"] * step, "in"]): partners})
    return found


class MessageQuerySet(models.QuerySet):
    """What goes to endpoints."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what went to the actor's own institution."""
        if not actor.has(Permission.DELIVERY_VIEW):
            return self.none()
        return self.filter(endpoint__organization=actor.organization).exclude(
            endpoint__status=EndpointStatus.REMOVED
        )

    def due(self, now: datetime) -> Self:
        """Leave what may go out now."""
        return self.filter(
            models.Q(endpoint__quiet_until__isnull=True) | models.Q(endpoint__quiet_until__lte=now),
            status=MessageStatus.PENDING,
            due_at__lte=now,
            endpoint__status=EndpointStatus.ACTIVE,
        )

    def claim(
        self,
        *,
        claim_id: UUID,
        now: datetime,
        lease_until: datetime,
        busy: Collection[int],
        per_endpoint: int,
        limit: int,
    ) -> list[int]:
        """Lease due messages and return their keys; at most ``per_endpoint`` of each endpoint.

        ``busy`` names endpoints to leave alone. One statement, so nothing stays locked.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                _CLAIM,
                {
                    "claim_id": claim_id,
                    "now": now,
                    "lease_until": lease_until,
                    "busy": list(busy),
                    "per_endpoint": per_endpoint,
                    "limit": limit,
                },
            )
            return [pk for (pk,) in cursor.fetchall()]
