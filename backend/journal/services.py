"""Record events, and hand each to its subscribers."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.common.bulk import copy_rows
from backend.journal.enums import EventType
from backend.journal.models import Dispatch, Event

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

logger = logging.getLogger(__name__)

Handler = Callable[[Event], None]

_subscribers: dict[EventType, list[Handler]] = defaultdict(list)

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
SWEEP_BATCH = 200


class Subject(Protocol):
    """Anything with a random public id."""

    public_id: UUID


def subscribe(event_type: EventType, handler: Handler) -> None:
    """Call ``handler`` for each event of a type; for use in an app's ``ready``."""
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
    events = copy_rows(
        Event,
        (
            Event(
                type=event_type,
                occurred_at=now,
                user=actor.user if actor else None,
                organization_id=actor.organization.public_id if actor else None,
                subject_type=_type_of(subject),
                subject_id=subject.public_id,
                payload=payload,
            )
            for subject, payload in changes
        ),
    )
    if events and _subscribers[event_type]:
        copy_rows(Dispatch, (Dispatch(event=event, due_at=now) for event in events))
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
    due = list(Dispatch.objects.due(now).values_list("pk", flat=True)[:SWEEP_BATCH])
    return sum(relay(dispatch_id=pk, now=now) for pk in due)
