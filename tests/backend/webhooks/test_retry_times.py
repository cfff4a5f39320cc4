"""When a failed message is tried again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.webhooks.schedule import DELAYS, JITTER, next_delay, quiet_time

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def test_ten_attempts_bridge_three_days():
    waits = [next_delay(UUID(int=7), tries) for tries in range(len(DELAYS))]

    assert len(waits) == 10
    assert timedelta(hours=75) < sum(waits, timedelta(0)) < timedelta(hours=84)
    assert next_delay(UUID(int=7), 10) is None


def test_messages_that_failed_together_come_back_spread_and_never_early():
    waits = {next_delay(uuid4(), 2) for _ in range(50)}

    assert len(waits) == 50
    assert min(waits) >= timedelta(minutes=5)
    assert max(waits) <= timedelta(minutes=5) * (1 + JITTER)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (503, "120", 120),
        (429, " 7 ", 7),
        (503, "Fri, 27 Nov 2026 02:01:00 GMT", 60),
        (503, "Fri, 27 Nov 2026 01:00:00 GMT", 0),
        (503, "999999999", 86_400),
        (503, "9" * 400, 86_400),
        (503, "Fri, 31 Dec 2999 00:00:00 GMT", 86_400),
        (503, "soon", None),
        (503, "-5", None),
        (503, "", None),
        (503, "٣", None),
        (503, None, None),
        (500, "120", None),
        (None, "120", None),
    ],
)
def test_a_receivers_wish_counts_within_a_day(status, header, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert quiet_time(status, header, NOW) == expected
