"""The self-check: a message without meaning that shows whether an endpoint works."""

from uuid import UUID

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.webhooks.registry import PayloadValue, register

PING = "webhook.ping"


def register_ping() -> None:
    """Send each self-check to the endpoint that it is about, and to no other."""
    register(
        EventType.WEBHOOK_PINGED,
        name=PING,
        recipients=_organization,
        payload=_ids,
        endpoints=_endpoint,
    )


def _organization(event: Event) -> list[UUID]:
    return [UUID(event.payload["organization"])]


def _endpoint(event: Event) -> list[UUID]:
    return [event.subject_id]


def _ids(event: Event) -> dict[str, PayloadValue]:
    return {"endpoint_id": event.subject_id}
