"""What a message is: which event tells whom about what, in which words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.notifications.enums import Importance, SubjectKind
from backend.notifications.models import Notification
from backend.notifications.people import Person
from backend.organizations.actors import Actor


@dataclass(frozen=True, slots=True)
class Told:
    """People who are told about one subject; ``count`` is how many things it stands for.

    ``topic`` joins several events into one message; without it each event is one.
    """

    people: Sequence[Person]
    subject_id: UUID
    count: int = 1
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A notification as it is read: its subject as the reader may see it now.

    ``subject`` is None where nothing has to be loaded. ``firm_name`` is None where the reader
    may not know it, or knows it anyhow.
    """

    notification: Notification
    subject: Any
    actor: Actor
    firm_name: str | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """What the event said."""
        return self.notification.event.payload


def _all_of_it(reading: Reading) -> int:
    return reading.notification.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One line of the table of messages.

    ``mail_line`` is all that a mail says of it: a count, never a name or a figure. ``remaining``
    tells how much of it still waits for an answer; nobody gets a mail about what is done.
    ``is_required``: what law or mechanism requires, which nobody can switch off.
    """

    code: str
    events: tuple[EventType, ...]
    subject: SubjectKind
    title: str
    mail_line: str
    tells: Callable[[Event], Iterable[Told]]
    text: Callable[[Reading], str]
    remaining: Callable[[Reading], int] = _all_of_it
    importance: Importance = Importance.NORMAL
    is_required: bool = False


MESSAGES: dict[str, Message] = {}
_of_event: dict[EventType, list[Message]] = defaultdict(list)


def register(messages: Iterable[Message]) -> None:
    """Take messages into the table; for use in an app's ``ready``, harmless when it runs twice."""
    for message in messages:
        if message.code not in MESSAGES:
            MESSAGES[message.code] = message
            for event_type in message.events:
                _of_event[event_type].append(message)


def messages_of(event_type: EventType) -> Sequence[Message]:
    """Return what an event of a type may say."""
    return _of_event.get(event_type, ())


def told_events() -> list[EventType]:
    """Return the types that say something to somebody."""
    return list(_of_event)
