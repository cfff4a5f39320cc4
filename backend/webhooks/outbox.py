"""Turns a journal event into one message per endpoint, in the relay's transaction."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.webhooks.enums import EndpointStatus, MessageStatus
from backend.webhooks.models import WebhookEndpoint, WebhookMessage
from backend.webhooks.registry import Outgoing, PayloadValue, outgoing_of


def write_messages(event: Event) -> None:
    """Write the messages of an event; harmless when it runs twice.

    Those for endpoints that are switched off are kept without being sent, for a replay.
    """
    outgoing = outgoing_of(EventType(event.type))
    if outgoing is None:
        return
    endpoints = list(_endpoints_of(event, outgoing))
    if not endpoints:
        return
    body, now = body_of(event, outgoing), timezone.now()
    WebhookMessage.objects.bulk_create(
        (_message(endpoint, event, outgoing.name, body, now) for endpoint in endpoints),
        ignore_conflicts=True,
    )
    transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Ask a worker to deliver what is due; if the broker is away, the sweep does."""
    from backend.webhooks.tasks import deliver_due  # noqa: PLC0415 - tasks import services

    deliver_due.delay()


def body_of(event: Event, outgoing: Outgoing) -> str:
    """Return the exact text that every attempt sends.

    Raises ValueError for a payload that holds anything but ids and whole numbers.
    """
    data = {name: _plain(name, value) for name, value in outgoing.payload(event).items()}
    return json.dumps(
        {
            "type": outgoing.name,
            "timestamp": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "data": data,
        },
        separators=(",", ":"),
    )


def _plain(name: str, value: PayloadValue) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, UUID) for each in value):
        return [str(each) for each in value]
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{name} is {type(value).__name__}; messages hold ids and numbers only.")


def _endpoints_of(event: Event, outgoing: Outgoing) -> Iterable[WebhookEndpoint]:
    present = WebhookEndpoint.objects.exclude(status=EndpointStatus.REMOVED)
    organizations = Q(organization__public_id__in=set(outgoing.recipients(event)))
    if outgoing.endpoints is not None:
        named = set(outgoing.endpoints(event))
        return present.filter(organizations, public_id__in=named)
    return present.filter(organizations, event_types__contains=[outgoing.name])


def _message(
    endpoint: WebhookEndpoint, event: Event, name: str, body: str, now: datetime
) -> WebhookMessage:
    is_active = endpoint.status == EndpointStatus.ACTIVE
    return WebhookMessage(
        endpoint=endpoint,
        event=event,
        type=name,
        body=body,
        status=MessageStatus.PENDING if is_active else MessageStatus.HELD,
        due_at=now if is_active else None,
    )
