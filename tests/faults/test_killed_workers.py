"""Workers are killed in the middle of their work: no message is lost, no effect happens twice.

A receiver that does what Standard Webhooks asks of it, to act on each ``webhook-id`` once, is
what effects are counted by.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.db import connection

from backend.webhooks.models import WebhookAttempt, WebhookMessage
from backend.webhooks.runner import Limits
from tests.factories.organizations import OrganizationFactory
from tests.factories.webhooks import EndpointFactory, MessageFactory
from tests.faults.running import CHECKOUT, Platform, wait_for
from tests.receiver import Receiver, Request, accept
from tests.size import only_at_full_size, sized

pytestmark = pytest.mark.slow

# Delivers until it is killed, with short leases so that what it held comes back soon.
_WORKER = """
import time
from datetime import timedelta
import django
django.setup()
from backend.webhooks.runner import Limits, deliver_due
{broken}
limits = Limits(starts_for=timedelta(seconds=1), lease=timedelta(seconds=3), total_seconds=1.0)
while True:
    deliver_due(limits=limits)
    time.sleep(0.05)
"""
# What would be wrong with a platform that writes down first and calls afterwards.
_DONE_BEFORE_THE_CALL = """
from django.utils import timezone
from backend.webhooks.models import WebhookMessage
from backend.webhooks.querysets import MessageQuerySet
lease = MessageQuerySet.claim
def claim(self, **values):
    claimed = lease(self, **values)
    WebhookMessage.objects.filter(pk__in=claimed).update(
        status="delivered", delivered_at=timezone.now(), due_at=None, claim_id=None)
    return claimed
MessageQuerySet.claim = claim
"""
# And with one that gives each attempt an id of its own.
_ID_BY_ATTEMPT = """
from uuid import uuid4
from backend.webhooks.models import WebhookMessage
WebhookMessage.webhook_id = property(lambda self: f"msg_{uuid4().hex}")
"""
_KILLS = sized(6, 20)
_ENDPOINTS = 20
_MESSAGES_EACH = sized(30, 100)
_TOTAL = _ENDPOINTS * _MESSAGES_EACH
_PATIENCE_SECONDS = 60
# For calls that are still under way when everything is said to be done.
_LAST_CALLS_SECONDS = 2
# With the platform's own worker what a dead one held comes back after a minute.
_PLATFORM_PATIENCE_SECONDS = 600


@pytest.fixture
def start_worker() -> Iterator[Callable[[str], subprocess.Popen]]:
    """Start processes that deliver from the test's database; end what is left of them."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = f"/{connection.settings_dict['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address._replace(path=name).geturl(),
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.test",
        "KERONG_WEBHOOK_LOOPBACK": "1",
    }
    with ExitStack() as running:

        def start(broken: str) -> subprocess.Popen:
            command = [sys.executable, "-c", _WORKER.format(broken=broken)]
            worker = subprocess.Popen(command, cwd=CHECKOUT, env=environment)
            running.enter_context(worker)
            running.callback(worker.kill)
            return worker

        yield start


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of all messages at the receiver."""

    lost: int
    double_effects: int
    sent_again: int
    most_times: int


def fill(url: str) -> set[int]:
    """Make due messages for several endpoints of one receiver; return their numbers."""
    bank = OrganizationFactory(bank=True)
    for place in range(_ENDPOINTS):
        endpoint = EndpointFactory(organization=bank, url=f"{url}/{place}")
        for number in range(place * _MESSAGES_EACH, (place + 1) * _MESSAGES_EACH):
            MessageFactory(endpoint=endpoint, body=json.dumps({"n": number}))
    return set(range(_TOTAL))


def slowly(request: Request) -> None:
    """Accept after a moment, so that a kill finds calls under way."""
    time.sleep(0.02)
    accept(request)


def delivered() -> int:
    return WebhookMessage.objects.filter(status="delivered").count()


def count(receiver: Receiver, expected: set[int]) -> Figures:
    """Count by what the receiver would have done: once per id, whatever comes again.

    What a killed worker could not send to its end has no effect.
    """
    came: dict[str, int] = {}
    for _, headers, body in receiver.requests:
        if len(body) == int(headers["content-length"]):
            came.setdefault(headers["webhook-id"], json.loads(body)["n"])
    effects = Counter(came.values())
    times = receiver.times_by_id()
    return Figures(
        lost=len(expected - effects.keys()),
        double_effects=sum(number - 1 for number in effects.values()),
        sent_again=sum(times.values()) - len(times),
        most_times=max(times.values()),
    )


def kill_again_and_again(start: Callable[[str], subprocess.Popen], broken: str = "") -> Figures:
    """Let one worker after another begin and kill it; the last one finishes."""
    with Receiver() as receiver:
        receiver.behaviour = slowly
        expected = fill(receiver.url)
        for kill in range(1, _KILLS + 1):
            worker = start(broken)
            enough = kill * _TOTAL // (_KILLS + 2)
            assert wait_for(
                lambda n=enough: len(receiver.requests) >= n or delivered() == _TOTAL,
                _PATIENCE_SECONDS,
            )
            assert broken or delivered() < _TOTAL, "nothing was left to be killed in"
            worker.kill()
            worker.wait()
        start(broken)
        assert wait_for(lambda: delivered() == _TOTAL, _PATIENCE_SECONDS)
        time.sleep(_LAST_CALLS_SECONDS)
        return count(receiver, expected)


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_held_is_sent_by_the_next_under_the_same_id(start_worker):
    seen = kill_again_and_again(start_worker)

    print(seen)  # noqa: T201 - shown with -rP, and when it fails
    assert (seen.lost, seen.double_effects) == (0, 0)
    # Sent again is at most what a killed worker had under way or had not yet written down.
    assert 0 < seen.sent_again <= _KILLS * (Limits().threads + Limits().recorded_at_once)
    assert seen.most_times <= 1 + _KILLS
    written = WebhookAttempt.objects.filter(error_kind="").values("message").distinct().count()
    assert written == _TOTAL


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("broken", "shows"),
    [
        (_DONE_BEFORE_THE_CALL, lambda seen: seen.lost > 0),
        (_ID_BY_ATTEMPT, lambda seen: seen.double_effects > 0),
    ],
    ids=["done before the call", "id by attempt"],
)
def test_a_broken_worker_is_found_out(start_worker, broken, shows):
    seen = kill_again_and_again(start_worker, broken)

    assert shows(seen), seen


@only_at_full_size
def test_the_platforms_own_worker_is_killed_with_all_it_started(platform):
    """From the event to the answer: killed while it relays as well as while it delivers."""
    one = platform(build="sound").start()
    assert one.comes_up(60), one.said()
    with Receiver() as receiver:
        receiver.behaviour = slowly
        one.seed("self-checks", _TOTAL, receiver.url)
        kills = 0
        deadline = time.monotonic() + _PLATFORM_PATIENCE_SECONDS
        while (left := _left(one)) and time.monotonic() < deadline:
            if kills < _KILLS and left < _TOTAL * (_KILLS - kills) // _KILLS:
                killed = one.kill_part("worker")
                kills += 1
                # The killed one is still in the book until the supervisor has noticed.
                assert wait_for(
                    lambda gone=killed: one.children().get("worker", gone) != gone, 30
                ), one.said()
            time.sleep(0.2)
        times = receiver.times_by_id()

    print({"kills": kills, "came": len(times), "again": sum(times.values()) - len(times)})  # noqa: T201
    assert (kills, left) == (_KILLS, 0)
    with one.database() as database:
        rows = database.execute("SELECT public_id FROM webhooks_webhookmessage").fetchall()
    assert len(rows) == _TOTAL
    assert times.keys() == {f"msg_{public_id.hex}" for (public_id,) in rows}


def _left(platform: Platform) -> int:
    """Return how many of the messages have not been delivered, those not yet written included."""
    with platform.database() as database:
        (done,) = database.execute(
            "SELECT count(*) FROM webhooks_webhookmessage WHERE status = 'delivered'"
        ).fetchone()
    return _TOTAL - done
