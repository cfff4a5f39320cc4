"""When a failed message is tried again."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID
from zlib import crc32

# Before each attempt: ten of them over about 75 hours, so that a weekend's failure is bridged.
DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
# A crowd of messages that failed together does not come back together.
JITTER = 0.1
LONGEST_RETRY_AFTER = timedelta(hours=24)
_RETRY_AFTER_STATUSES = frozenset({429, 503})


def next_delay(message_id: UUID, tries: int) -> timedelta | None:
    """Return how long to wait after so many failed tries; None when it was the last.

    Up to a tenth is added, the same for the same message and try.
    """
    if tries >= len(DELAYS):
        return None
    share = crc32(message_id.bytes + bytes([tries])) / 2**32
    return DELAYS[tries] * (1 + JITTER * share)


def quiet_time(status_code: int | None, header: str | None, now: datetime) -> timedelta | None:
    """Return for how long a receiver wants to be left alone, at most a day; None if it says not.

    ``Retry-After`` counts with 429 and 503; it holds seconds or a date.
    """
    if status_code not in _RETRY_AFTER_STATUSES or header is None:
        return None
    wait = _read(header.strip(), now)
    return None if wait is None else min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


def _read(header: str, now: datetime) -> timedelta | None:
    if header.isascii() and header.isdigit():
        return (
            timedelta(seconds=min(int(header[:9]), 10**9))
            if len(header) <= 9
            else (LONGEST_RETRY_AFTER)
        )
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
