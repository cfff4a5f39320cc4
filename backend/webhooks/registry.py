"""Which journal events go out, to whom, and with which ids; other apps fill it when they load."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
# Who hears of each event, and what it says, by the event's primary key.
Facts = Mapping[int, tuple[Iterable[UUID], Mapping[str, PayloadValue]]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How one type of event goes out.

    ``endpoints`` names single endpoints, which hear of the event whatever they subscribe to.
    """

    name: str
    facts: Callable[[Sequence[Event]], Facts]
    endpoints: Recipients | None

    @property
    def is_subscribable(self) -> bool:
        """Whether institutions choose to hear of it."""
        return self.endpoints is None


_outgoing: dict[EventType, Outgoing] = {}


def register(
    event_type: EventType,
    *,
    recipients: Recipients | None = None,
    payload: Payload | None = None,
    facts: Callable[[Sequence[Event]], Facts] | None = None,
    name: str | None = None,
    endpoints: Recipients | None = None,
) -> None:
    """Send events of a type out; for use in an app's ``ready``.

    ``recipients`` returns the public ids of organizations, ``payload`` the ids that stand in
    the message's ``data``; ``facts`` returns both for many events at once, for what happens by
    the thousand. ``name`` is the type that receivers see, the event's own if omitted. All run in
    the transaction that relays the events.
    """
    from backend.webhooks import outbox  # noqa: PLC0415 - outbox reads the registry

    if facts is None:
        if recipients is None or payload is None:
            raise TypeError(f"{event_type}: give recipients and payload, or facts")
        facts = _one_by_one(recipients, payload)
    _outgoing[event_type] = Outgoing(name or event_type.value, facts, endpoints)
    subscribe(event_type, outbox.write_messages, together=outbox.write_messages_together)


def _one_by_one(recipients: Recipients, payload: Payload) -> Callable[[Sequence[Event]], Facts]:
    return lambda events: {event.pk: (recipients(event), payload(event)) for event in events}


def unregister(event_type: EventType) -> None:
    """Stop sending events of a type out; messages in line still go."""
    _outgoing.pop(event_type, None)


def outgoing_of(event_type: EventType) -> Outgoing | None:
    """Return how a type goes out, None when it does not."""
    return _outgoing.get(event_type)


def subscribable_types() -> list[str]:
    """Return the names that endpoints may subscribe to, in order."""
    return sorted(each.name for each in _outgoing.values() if each.is_subscribable)
