"""Turns journal events into one message per endpoint, in the relay's transaction."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
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
    write_messages_together([event])


def write_messages_together(events: Sequence[Event]) -> None:
    """Write the messages of events of one type; the same statements for many as for one."""
    outgoing = outgoing_of(EventType(events[0].type))
    if outgoing is None:
        return
    facts, now = outgoing.facts(events), timezone.now()
    told = {event.pk: set(facts[event.pk][0]) for event in events}
    endpoints = _endpoints_by_organization(outgoing, set().union(*told.values()))
    messages = []
    for event in events:
        concerned = [each for one in told[event.pk] for each in endpoints.get(one, ())]
        if outgoing.endpoints is not None and concerned:
            named = set(outgoing.endpoints(event))
            concerned = [each for each in concerned if each.public_id in named]
        if concerned:
            body = body_of(event, outgoing.name, facts[event.pk][1])
            messages += [_message(each, event, outgoing.name, body, now) for each in concerned]
    if messages:
        WebhookMessage.objects.bulk_create(messages, ignore_conflicts=True)
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Ask a worker to deliver what is due; if the broker is away, the sweep does."""
    from backend.webhooks.tasks import deliver_due  # noqa: PLC0415 - tasks import services

    deliver_due.delay()


def body_of(event: Event, name: str, payload: Mapping[str, PayloadValue]) -> str:
    """Return the exact text that every attempt sends.

    Raises ValueError for a payload that holds anything but ids and whole numbers.
    """
    data = {key: _plain(key, value) for key, value in payload.items()}
    return json.dumps(
        {
            "type": name,
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


def _endpoints_by_organization(
    outgoing: Outgoing, organizations: Collection[UUID]
) -> dict[UUID, list[WebhookEndpoint]]:
    """Return the endpoints that may hear of it, in order, by whose they are."""
    present = (
        WebhookEndpoint.objects.exclude(status=EndpointStatus.REMOVED)
        .filter(organization__public_id__in=organizations)
        .select_related("organization")
        .order_by("pk")
    )
    if outgoing.endpoints is None:
        present = present.filter(event_types__contains=[outgoing.name])
    found: dict[UUID, list[WebhookEndpoint]] = defaultdict(list)
    for endpoint in present:
        found[endpoint.organization.public_id].append(endpoint)
    return found


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
