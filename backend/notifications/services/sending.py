"""Sends mails: one claim, one attempt, one record; a mail leaves at most once.

A worker marks the mail, commits, and only then speaks to the mail server. A refusal is certain
and is tried again under the same Message-ID. When the connection breaks while the server takes
the mail, or the worker dies, nobody knows whether it arrived: it is not sent again, and what is
still unread goes into the next digest.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from uuid import uuid4

from django.core.mail import BadHeaderError, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from backend.common.workdays import HOURS
from backend.notifications.enums import MailKind, MailStatus
from backend.notifications.mail_text import compose
from backend.notifications.models import Mail, Notification
from backend.notifications.reading import list_readings, remaining_of
from backend.organizations.actors import Actor

logger = logging.getLogger(__name__)

MOST_MAILS = 500
LEASE = timedelta(minutes=10)
# After each failed attempt; the sixth failure is the last.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 180))
_ERROR_LENGTH = 200
_FIRST_PERMANENT = 500


class _NotTakenError(Exception):
    """The mail server certainly does not have the mail; ``is_final``: nor will it ever."""

    def __init__(self, cause: Exception, *, is_final: bool = False) -> None:
        super().__init__(repr(cause))
        self.is_final = is_final


def send_due(*, now: datetime) -> int:
    """Send what is due, and return how many mails left."""
    settle_abandoned(now=now)
    sent, connection = 0, get_connection()
    try:
        for _ in range(MOST_MAILS):
            mail = _claim(now)
            if mail is None:
                break
            sent += _attempt(mail, connection, now)
    finally:
        _hang_up(connection)
    return sent


@transaction.atomic
def settle_abandoned(*, now: datetime) -> int:
    """Give up what a worker began to send and never reported on; it may have arrived."""
    return (
        Mail.objects.abandoned(now)
        .select_for_update(skip_locked=True)
        .update(status=MailStatus.UNKNOWN, due_at=None, claim_id=None, updated_at=now)
    )


@transaction.atomic
def _claim(now: datetime) -> Mail | None:
    """Mark the next due mail as being sent; the mark is committed before anything leaves."""
    mail = (
        Mail.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .first()
    )
    if mail is None:
        return None
    mail.status, mail.due_at, mail.claim_id = MailStatus.SENDING, now + LEASE, uuid4()
    mail.attempts += 1
    mail.save(update_fields=["status", "due_at", "claim_id", "attempts", "updated_at"])
    return mail


def _attempt(mail: Mail, connection: BaseEmailBackend, now: datetime) -> bool:
    today = HOURS.local(now).date()
    counts = _still_waiting(mail, today)
    if not counts:
        return _record(mail, MailStatus.DROPPED)
    if mail.kind == MailKind.DIGEST and mail.day != today:
        # Yesterday's: today's digest brings what is still unread.
        return _record(mail, MailStatus.FAILED, error="the day of this digest has passed")
    try:
        _hand_over(mail, counts, connection)
    except _NotTakenError as error:
        _hang_up(connection)
        logger.warning("mail %s was not taken: %s", mail.public_id, error)
        return _retry_or_give_up(mail, error, now)
    except Exception as error:  # whatever broke, the server may have the mail
        _hang_up(connection)
        logger.exception("whether mail %s arrived is unknown", mail.public_id)
        return _record(mail, MailStatus.UNKNOWN, error=repr(error))
    return _record(mail, MailStatus.SENT, sent_at=now)


def _still_waiting(mail: Mail, today: date) -> dict[str, int]:
    """Return how much of each kind is unread and still waits for an answer."""
    carried = (
        Notification.objects.filter(mail=mail)
        .unread()
        .select_related("event", "recipient__organization__region", "recipient__user")
        .order_by("pk")
    )
    by_place: dict[int, list[Notification]] = defaultdict(list)
    for one in carried:
        by_place[one.recipient_id].append(one)
    counts: dict[str, int] = defaultdict(int)
    for its in by_place.values():
        place = its[0].recipient
        actor = Actor(user=place.user, membership=place, today=today)
        for reading in list_readings(its, actor=actor).values():
            remaining = remaining_of(reading)
            if remaining:
                counts[reading.notification.kind] += remaining
    return dict(counts)


def _hand_over(mail: Mail, counts: Mapping[str, int], connection: BaseEmailBackend) -> None:
    """Give a mail to the server; raises `_NotTakenError` where it certainly did not take it."""
    try:
        message = compose(mail, counts)
        message.message()  # refuses headers that are none
    except (BadHeaderError, ValueError) as error:
        raise _NotTakenError(error, is_final=True) from error
    try:
        connection.open()
    except Exception as error:
        raise _NotTakenError(error) from error
    try:
        connection.send_messages([message])
    except SMTPServerDisconnected:
        raise
    except SMTPException as error:
        raise _NotTakenError(error, is_final=_is_final(error)) from error


def _hang_up(connection: BaseEmailBackend) -> None:
    """Leave a connection that broke, so that the next mail begins with a new one."""
    with suppress(Exception):
        connection.close()


def _is_final(error: SMTPException) -> bool:
    """Tell whether a server refuses for good: every answer is of the class 5xx."""
    refused = getattr(error, "recipients", None)
    codes = [code for code, _ in refused.values()] if refused else []
    codes += [error.smtp_code] if hasattr(error, "smtp_code") else []
    return bool(codes) and all(code >= _FIRST_PERMANENT for code in codes)


def _retry_or_give_up(mail: Mail, error: _NotTakenError, now: datetime) -> bool:
    if error.is_final or mail.attempts > len(DELAYS):
        return _record(mail, MailStatus.FAILED, error=str(error))
    due_at = now + DELAYS[mail.attempts - 1]
    return _record(mail, MailStatus.PENDING, error=str(error), due_at=due_at)


def _record(
    mail: Mail,
    status: MailStatus,
    *,
    error: str = "",
    due_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> bool:
    """Write down what came of an attempt, unless its lease ran out; tell whether a mail left."""
    Mail.objects.filter(pk=mail.pk, claim_id=mail.claim_id).update(
        status=status,
        due_at=due_at,
        sent_at=sent_at,
        claim_id=None,
        last_error=error[:_ERROR_LENGTH],
    )
    return status is MailStatus.SENT
