"""The inbox as it is read: texts are put together now, from what the reader may see now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from backend.notifications.enums import Importance
from backend.notifications.links import link_to
from backend.notifications.models import Notification
from backend.notifications.registry import MESSAGES, Reading
from backend.notifications.subjects import NOT_LOADED, firm_names, load_subjects, need_of
from backend.organizations.actors import Actor

GONE_TEXT = "相关内容已撤回或不再向您开放。"
GONE_TITLE = "消息"


@dataclass(frozen=True, slots=True)
class Read:
    """What is shown of a notification; ``is_open`` tells that it still waits for an answer.

    ``subject`` is what it is about as the reader may see it, None where it may not be seen or
    was not loaded; ``kind`` says of which kind it is.
    """

    title: str
    text: str
    link: str | None
    is_open: bool
    kind: str = ""
    subject: Any = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of an inbox is unread."""

    unread: int
    urgent: int


def read_all(
    notifications: Collection[Notification], *, actor: Actor, now: datetime
) -> dict[int, Read]:
    """Put the texts of notifications together; a fixed number of queries for any number.

    A subject that the reader may not see any more leaves a sentence without its name.
    """
    readings = list_readings(notifications, actor=actor)
    names = firm_names(
        [one.subject for one in readings.values() if one.subject is not None], actor=actor, now=now
    )
    return {one.pk: _read(one, readings.get(one.pk), names) for one in notifications}


def list_readings(notifications: Collection[Notification], *, actor: Actor) -> dict[int, Reading]:
    """Return what can be read, without names; what the reader may not see is left out."""
    subjects = load_subjects({(one.subject_type, one.subject_id) for one in notifications}, actor)
    return {
        one.pk: Reading(one, subjects.get((one.subject_type, one.subject_id)), actor)
        for one in notifications
        if one.kind in MESSAGES
        and (one.subject_type in NOT_LOADED or (one.subject_type, one.subject_id) in subjects)
    }


def remaining_of(reading: Reading) -> int:
    """Return how much of a notification still waits for an answer."""
    return MESSAGES[reading.notification.kind].remaining(reading)


def _read(notification: Notification, reading: Reading | None, names: dict[int, str]) -> Read:
    message = MESSAGES.get(notification.kind)
    if message is None or reading is None:
        return Read(message.title if message else GONE_TITLE, GONE_TEXT, None, is_open=False)
    need = need_of(reading.subject)
    named = Reading(
        notification, reading.subject, reading.actor, names.get(need.pk) if need else None
    )
    return Read(
        message.title,
        message.text(named),
        link_to(notification.subject_type, reading),
        is_open=remaining_of(named) > 0,
        kind=notification.subject_type,
        subject=reading.subject,
    )


def count_unread(actor: Actor) -> Counts:
    """Return how much the reader has not read; one query."""
    found = (
        Notification.objects.visible_to(actor)
        .unread()
        .aggregate(unread=Count("pk"), urgent=Count("pk", filter=Q(importance=Importance.URGENT)))
    )
    return Counts(**found)
