"""Record events, and hand each to its subscribers."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from backend.common.bulk import copy_values
from backend.journal.enums import EventType
from backend.journal.models import Dispatch, Event

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

logger = logging.getLogger(__name__)

Handler = Callable[[Event], None]
# The same for many events of one type, in the statements of one.
Together = Callable[[Sequence[Event]], None]

_subscribers: dict[EventType, list[Handler]] = defaultdict(list)
_together: dict[Handler, Together] = {}

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
SWEEP_BATCH = 500


class Subject(Protocol):
    """Anything with a random public id."""

    public_id: UUID


def subscribe(event_type: EventType, handler: Handler, *, together: Together | None = None) -> None:
    """Call ``handler`` for each event of a type; for use in an app's ``ready``.

    ``together``, if given, is called in its place when many are due. It must lock nothing that
    others wait for: it runs in one transaction with what else is due.
    """
    if together is not None:
        _together[handler] = together
    if handler not in _subscribers[event_type]:
        _subscribers[event_type].append(handler)


def record(
    event_type: EventType,
    *,
    subject: Subject,
    actor: Actor | None,
    payload: dict[str, Any] | None = None,
) -> Event:
    """Write one event in the caller's transaction and wake the relay after commit.

    ``actor`` is None when the platform itself acts (expiry, loading). Only event types that
    somebody subscribed to enter the outbox.
    """
    now = timezone.now()
    event = Event.objects.create(
        type=event_type,
        occurred_at=now,
        user=actor.user if actor else None,
        organization_id=actor.organization.public_id if actor else None,
        subject_type=_type_of(subject),
        subject_id=subject.public_id,
        payload=payload or {},
    )
    if _subscribers[event_type]:
        dispatch = Dispatch.objects.create(event=event, due_at=now)
        transaction.on_commit(lambda: _wake(dispatch.pk), robust=True)
    return event


def record_many(
    event_type: EventType,
    changes: Iterable[tuple[Subject, dict[str, Any]]],
    *,
    actor: Actor | None,
) -> None:
    """Write one event per changed subject, in as few statements as possible; for imports."""
    now = timezone.now()
    events = copy_values(
        Event,
        (
            {
                "subject_type": _type_of(subject),
                "subject_id": subject.public_id,
                "payload": payload,
            }
            for subject, payload in changes
        ),
        type=event_type,
        occurred_at=now,
        user_id=actor.user.pk if actor else None,
        organization_id=actor.organization.public_id if actor else None,
    )
    if events and _subscribers[event_type]:
        copy_values(Dispatch, ({"event_id": event} for event in events), due_at=now)
        transaction.on_commit(_wake_sweep, robust=True)


def _type_of(subject: Subject) -> str:
    """Return the subject's class as the journal spells it: ``MatchRun`` -> ``match_run``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(subject).__name__).lower()


def _wake_sweep() -> None:
    """Ask a worker to relay what is due; what one sweep leaves, the next one takes."""
    from backend.journal.tasks import sweep_events  # noqa: PLC0415 - tasks import services

    sweep_events.delay()


def _wake(dispatch_id: int) -> None:
    """Ask a worker to relay at once; if the broker is away, the sweep finds the row."""
    from backend.journal.tasks import relay_event  # noqa: PLC0415 - tasks import services

    relay_event.delay(dispatch_id=dispatch_id)


def relay(*, dispatch_id: int, now: datetime) -> bool:
    """Hand one due event to its subscribers; tell whether this call did it.

    Subscribers write in the same transaction as the mark, so their effects happen once.
    Another worker that holds the row is left to finish it.
    """
    with transaction.atomic():
        dispatch = (
            Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(pk=dispatch_id, relayed_at__isnull=True)
            .first()
        )
        if dispatch is None:
            return False
        dispatch.attempts += 1
        try:
            with transaction.atomic():
                for handler in _subscribers[EventType(dispatch.event.type)]:
                    handler(dispatch.event)
        except Exception as error:  # one broken subscriber must not stop the outbox
            logger.exception("event %s was not relayed", dispatch.event_id)
            dispatch.last_error = repr(error)[:500]
            dispatch.due_at = now + _retry_after(dispatch.attempts)
        else:
            dispatch.relayed_at = now
            dispatch.last_error = ""
        dispatch.save()
        return dispatch.relayed_at is not None


def _retry_after(attempts: int) -> timedelta:
    return timedelta(
        seconds=min(FIRST_RETRY_SECONDS * 2 ** min(attempts - 1, 12), LONGEST_RETRY_SECONDS)
    )


def sweep(*, now: datetime) -> int:
    """Relay what is due and was not; return how many were."""
    rows = Dispatch.objects.due(now).values_list("pk", "event__type")[:SWEEP_BATCH]
    of_type: dict[EventType, list[int]] = defaultdict(list)
    for pk, event_type in rows:
        of_type[EventType(event_type)].append(pk)
    return sum(_relay_type(event_type, due, now=now) for event_type, due in of_type.items())


def _relay_type(event_type: EventType, due: Sequence[int], *, now: datetime) -> int:
    """Relay due events of one type: together where every subscriber can, else one by one.

    If one of them breaks the whole, each is tried by itself, so that only that one waits.
    """
    handlers = _subscribers[event_type]
    if len(due) > 1 and all(handler in _together for handler in handlers):
        try:
            return _relay_together(due, [_together[handler] for handler in handlers], now=now)
        except Exception:
            logger.exception("%s events were not relayed together", event_type)
    return sum(relay(dispatch_id=pk, now=now) for pk in due)


@transaction.atomic
def _relay_together(due: Sequence[int], handlers: Iterable[Together], *, now: datetime) -> int:
    """Hand events of one type to their subscribers and mark them, all or none."""
    held = list(
        Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event")
        .filter(pk__in=due, relayed_at__isnull=True)
        .order_by("pk")
    )
    events = [dispatch.event for dispatch in held]
    if events:
        for handler in handlers:
            handler(events)
        Dispatch.objects.filter(pk__in=[dispatch.pk for dispatch in held]).update(
            relayed_at=now, attempts=F("attempts") + 1, last_error=""
        )
    return len(held)
