"""Puts what waits into mails: the urgent at once, everything else into one digest a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from backend.common.workdays import HOURS, is_workday
from backend.notifications.enums import MailKind, MailStatus
from backend.notifications.models import Mail, Notification

BATCH = 2_000
# A digest that could not be written in the morning is written later, not at night.
DIGEST_UNTIL_HOUR = 20
_LOCK = 0x6D61696C73  # "mails"


def collect(*, now: datetime) -> int:
    """Write the mails that are called for, and return how many."""
    if not settings.MAIL_ENABLED:
        return 0
    written = collect_urgent(now=now)
    if is_digest_time(now):
        written += collect_digests(now=now)
    return written


def is_digest_time(now: datetime) -> bool:
    """Tell whether digests may be written: on working days, from the morning on."""
    local = HOURS.local(now)
    is_hour = settings.MAIL_DIGEST_HOUR <= local.hour < DIGEST_UNTIL_HOUR
    return bool(is_workday(local.date())) and is_hour


def _take_turn() -> None:
    """Let one worker collect at a time: what two of them shared out would be two mails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def collect_urgent(*, now: datetime) -> int:
    """Put the urgent into one mail per person."""
    _take_turn()
    waiting = list(
        Notification.objects.mailable(now)
        .for_a_mail_at_once()
        .select_related("user")
        .order_by("pk")[:BATCH]
    )
    by_user: dict[int, list[Notification]] = defaultdict(list)
    for one in waiting:
        by_user[one.user_id].append(one)
    day = HOURS.local(now).date()
    mails = [
        new_mail(user_id, its[0].user.email, MailKind.URGENT, day=day, now=now)
        for user_id, its in by_user.items()
    ]
    Mail.objects.bulk_create(mails)
    for mail in mails:
        _put_into(mail.pk, (one.pk for one in by_user[mail.user_id]))
    return len(mails)


@transaction.atomic
def collect_digests(*, now: datetime) -> int:
    """Open the day's digest of everybody for whom something waits, and fill it until it leaves.

    The database lets nobody have two digests on a day. What comes after it has left waits for
    the next one.
    """
    _take_turn()
    day = HOURS.local(now).date()
    waiting: dict[int, list[int]] = defaultdict(list)
    addresses: dict[int, str] = {}
    rows = Notification.objects.mailable(now).for_a_digest().order_by("pk")
    for pk, user_id, email in rows.values_list("pk", "user_id", "user__email"):
        waiting[user_id].append(pk)
        addresses[user_id] = email
    done = set(_digests_of(day).exclude(status=MailStatus.PENDING).values_list("user", flat=True))
    users = sorted(waiting.keys() - done)
    Mail.objects.bulk_create(
        (new_mail(user, addresses[user], MailKind.DIGEST, day=day, now=now) for user in users),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    # Held until the notifications are in: a worker that sends meanwhile passes them by.
    open_ = _digests_of(day).filter(user__in=users, status=MailStatus.PENDING)
    held = list(open_.select_for_update(skip_locked=True).order_by("pk"))
    for mail in held:
        _put_into(mail.pk, waiting[mail.user_id])
    return len(held)


def _digests_of(day: date) -> QuerySet[Mail]:
    return Mail.objects.filter(kind=MailKind.DIGEST, day=day)


def _put_into(mail_id: int, notification_ids: Iterable[int]) -> None:
    Notification.objects.filter(pk__in=list(notification_ids)).update(mail=mail_id)


def new_mail(user_id: int, address: str, kind: MailKind, *, day: date, now: datetime) -> Mail:
    """Return a mail that is due, with the Message-ID of all its attempts."""
    public_id = uuid4()
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return Mail(
        public_id=public_id,
        user_id=user_id,
        kind=kind,
        day=day,
        address=address,
        message_id=f"<{public_id.hex}@{domain}>",
        due_at=now,
    )
