"""Which journal events go out, to whom, and with which ids; other apps fill it when they load."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.journal.services import subscribe

# Ids and counters of revisions, never business data: whoever receives a message reads the rest
# through the API, with a key and under its own permissions.
PayloadValue = UUID | int | None | list[UUID]
Recipients = Callable[[Event], Iterable[UUID]]
Payload = Callable[[Event], Mapping[str, PayloadValue]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How one type of event goes out.

    ``endpoints`` names single endpoints, which hear of the event whatever they subscribe to.
    """

    name: str
    recipients: Recipients
    payload: Payload
    endpoints: Recipients | None

    @property
    def is_subscribable(self) -> bool:
        """Whether institutions choose to hear of it."""
        return self.endpoints is None


_outgoing: dict[EventType, Outgoing] = {}


def register(
    event_type: EventType,
    *,
    recipients: Recipients,
    payload: Payload,
    name: str | None = None,
    endpoints: Recipients | None = None,
) -> None:
    """Send events of a type out; for use in an app's ``ready``.

    ``recipients`` returns the public ids of organizations, ``payload`` the ids that stand in
    the message's ``data``; ``name`` is the type that receivers see, the event's own if omitted.
    Both functions run in the transaction that relays the event.
    """
    from backend.webhooks.outbox import write_messages  # noqa: PLC0415 - outbox reads the registry

    _outgoing[event_type] = Outgoing(name or event_type.value, recipients, payload, endpoints)
    subscribe(event_type, write_messages)


def unregister(event_type: EventType) -> None:
    """Stop sending events of a type out; messages in line still go."""
    _outgoing.pop(event_type, None)


def outgoing_of(event_type: EventType) -> Outgoing | None:
    """Return how a type goes out, None when it does not."""
    return _outgoing.get(event_type)


def subscribable_types() -> list[str]:
    """Return the names that endpoints may subscribe to, in order."""
    return sorted(each.name for each in _outgoing.values() if each.is_subscribable)
