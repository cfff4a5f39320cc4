"""The clock of the platform is wrong by ten minutes, or is set right in the middle of the work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.webhooks.models import WebhookMessage
from backend.webhooks.runner import Limits, Runner
from tests import receiver as behaving
from tests.factories.webhooks import EndpointFactory, MessageFactory
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_ALLOW_LOOPBACK = True


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def messages(receiver):
    endpoint = EndpointFactory(url=receiver.url)
    return MessageFactory.create_batch(20, endpoint=endpoint)


def shifted(by):
    return lambda: timezone.now() + by


def delivered():
    return WebhookMessage.objects.filter(status="delivered").count()


def test_ten_minutes_ahead_everything_goes_out_once(receiver, messages):
    Runner(clock=shifted(TEN_MINUTES)).run()

    assert delivered() == 20
    assert set(receiver.times_by_id().values()) == {1}


def test_ten_minutes_behind_everything_waits_and_goes_out_when_the_clock_is_right(
    receiver, messages
):
    assert Runner(clock=shifted(-TEN_MINUTES)).run() == 0
    assert not receiver.requests

    Runner().run()

    assert delivered() == 20
    assert set(receiver.times_by_id().values()) == {1}


@pytest.mark.parametrize("by", [TEN_MINUTES, -TEN_MINUTES], ids=["ahead", "back"])
def test_a_clock_that_is_set_during_a_run_loses_nothing_and_doubles_no_id(receiver, messages, by):
    """Leases end early or late; what is sent again then carries the same id."""
    moved = []

    def clock():
        return timezone.now() + (by if moved else timedelta(0))

    def set_it(request):
        moved.append(True)
        behaving.accept(request)

    receiver.behaviour = set_it
    Runner(clock=clock).run()
    Runner(clock=shifted(TEN_MINUTES + Limits().lease)).run()

    assert delivered() == 20
    assert receiver.times_by_id().keys() == {message.webhook_id for message in messages}


def test_a_lease_that_a_clock_ahead_gave_ends_after_ten_minutes_at_the_latest(receiver, messages):
    """A worker with a clock ahead dies: one with the right time has to wait, not for ever."""
    ahead = shifted(TEN_MINUTES)
    runner = Runner(clock=ahead)
    assert runner._claim(ahead())
    assert Runner().run() < 20

    Runner(clock=shifted(TEN_MINUTES + Limits().lease + timedelta(seconds=1))).run()

    assert delivered() == 20


def test_a_receiver_that_refuses_by_the_time_gets_it_again_with_the_time_of_that_attempt(
    receiver, messages
):
    """A signature carries the time of its attempt: set right, the next attempt is accepted."""

    def strictly(request):
        late = abs(int(request.headers["webhook-timestamp"]) - timezone.now().timestamp())
        request.answer(200 if late < 300 else 400)

    receiver.behaviour = strictly
    Runner(clock=shifted(TEN_MINUTES)).run()
    assert delivered() == 0

    WebhookMessage.objects.update(due_at=timezone.now())
    Runner().run()

    assert delivered() == 20
    assert set(receiver.times_by_id().values()) == {2}
