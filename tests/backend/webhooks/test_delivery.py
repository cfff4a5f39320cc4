"""What becomes of due messages: delivered, tried again, given up, held."""

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.webhooks.enums import DisabledBy
from backend.webhooks.models import WebhookAttempt, WebhookMessage
from backend.webhooks.recording import Result, disable, record_results
from backend.webhooks.runner import Limits, Runner, deliver_due
from backend.webhooks.schedule import DELAYS
from backend.webhooks.services import rotate_secret
from backend.webhooks.transport import Outcome
from tests import receiver as behaving
from tests.factories.organizations import make_actor
from tests.factories.webhooks import EndpointFactory, MessageFactory
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db
IMPATIENT = Limits(total_seconds=1.0)


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_ALLOW_LOOPBACK = True


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def endpoint(receiver):
    return EndpointFactory(url=receiver.url)


def deliver(now=None, **options):
    if now is None:
        return deliver_due(**options)
    began = time.monotonic()
    return deliver_due(clock=lambda: now + timedelta(seconds=time.monotonic() - began), **options)


def test_a_due_message_arrives_signed_and_is_written_down(receiver, endpoint):
    message = MessageFactory(endpoint=endpoint, body=json.dumps({"type": "webhook.ping"}))

    assert deliver() == 1

    message.refresh_from_db()
    assert (message.status, message.attempts, message.due_at) == ("delivered", 1, None)
    ((_, headers, body),) = receiver.requests
    assert headers["webhook-id"] == message.webhook_id
    assert Webhook(endpoint.shown_secret).verify(body, headers) == {"type": "webhook.ping"}
    attempt = message.attempt_rows.get()
    assert (attempt.number, attempt.status_code, attempt.error_kind, attempt.reply) == (
        1,
        200,
        "",
        "ok",
    )
    assert deliver() == 0


def test_a_message_that_is_not_due_waits(receiver, endpoint):
    MessageFactory(endpoint=endpoint, due_at=timezone.now() + timedelta(seconds=30))

    assert deliver() == 0
    assert not receiver.requests


def test_a_receiver_that_is_away_for_three_days_gets_the_same_message_when_it_is_back(
    receiver, endpoint
):
    message = MessageFactory(endpoint=endpoint)
    receiver.behaviour = behaving.answering(503)
    now = timezone.now()
    for number in range(1, len(DELAYS)):
        deliver(now)
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("pending", number)
        assert deliver(message.due_at - timedelta(seconds=2)) == 0
        now = message.due_at
    assert now - timezone.now() > timedelta(hours=75)
    receiver.behaviour = behaving.accept

    deliver(now)

    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("delivered", 10, "")
    assert receiver.times_by_id() == {message.webhook_id: 10}
    assert len({body for _, _, body in receiver.requests}) == 1


def test_after_the_tenth_failure_the_message_is_given_up_and_the_endpoint_shows_it(
    receiver, endpoint
):
    receiver.behaviour = behaving.answering(500, b"broken")
    message = MessageFactory(endpoint=endpoint, attempts=9, tries=9)

    deliver()

    message.refresh_from_db()
    endpoint.refresh_from_db()
    assert (message.status, message.last_error, message.due_at) == ("failed", "status", None)
    assert endpoint.failing_since is not None
    assert endpoint.status == "active"
    assert Event.objects.filter(type=EventType.WEBHOOK_FAILING).count() == 1

    receiver.behaviour = behaving.accept
    MessageFactory(endpoint=endpoint)
    deliver()
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_410_switches_the_endpoint_off_and_holds_what_waits(receiver, endpoint):
    receiver.behaviour = behaving.answering(410)
    MessageFactory.create_batch(20, endpoint=endpoint)

    deliver()

    endpoint.refresh_from_db()
    assert (endpoint.status, endpoint.disabled_by) == ("disabled", "receiver")
    assert len(receiver.requests) < 20
    assert set(WebhookMessage.objects.values_list("status", flat=True)) == {"held"}
    assert Event.objects.filter(type=EventType.WEBHOOK_DISABLED).count() == 1
    assert deliver(timezone.now() + timedelta(days=4)) == 0


def test_a_receiver_that_asks_for_quiet_is_left_alone_until_then(receiver, endpoint):
    receiver.behaviour = behaving.answering(429, Retry_After="3600")
    MessageFactory.create_batch(20, endpoint=endpoint)

    deliver()

    assert len(receiver.requests) == 1
    now = timezone.now()
    assert deliver(now + timedelta(minutes=50)) == 0
    receiver.behaviour = behaving.accept
    deliver(now + timedelta(minutes=61))
    assert set(WebhookMessage.objects.values_list("status", flat=True)) == {"delivered"}
    assert sorted(receiver.times_by_id().values()) == [1] * 19 + [2]


def test_a_hanging_receiver_does_not_delay_the_others(receiver):
    with Receiver() as hanging:
        hanging.behaviour = behaving.hang
        MessageFactory.create_batch(8, endpoint=EndpointFactory(url=hanging.url))
        others = [EndpointFactory(url=f"{receiver.url}/{n}") for n in range(10)]
        for other in others:
            MessageFactory.create_batch(20, endpoint=other)

        Runner(limits=Limits(total_seconds=1.0, starts_for=timedelta(seconds=4))).run()

    assert len(receiver.requests) == 200
    assert 1 <= len(hanging.requests) <= 5  # one at a time
    held = WebhookMessage.objects.filter(endpoint__url=hanging.url)
    assert held.filter(claim_id=None).count() == 8


def switching_off(endpoint):
    """Count calls under way, and switch the endpoint off as soon as messages wait for it."""

    class Switching(Runner):
        def _claim(self, now):
            found = super()._claim(now)
            if endpoint.status == "active":
                disable(endpoint, by=DisabledBy.SECURITY_OFFICER, reason="", now=now)
            return found

    return Switching


def test_an_endpoint_that_is_switched_off_gets_no_more_than_what_is_under_way(receiver, endpoint):
    MessageFactory.create_batch(16, endpoint=endpoint)

    switching_off(endpoint)().run()

    assert len(receiver.requests) <= 1
    assert WebhookMessage.objects.filter(status="held").count() >= 15


def test_a_secret_that_is_replaced_during_a_run_signs_from_then_on(receiver, endpoint):
    MessageFactory.create_batch(40, endpoint=endpoint)
    actor = make_actor(organization=endpoint.organization, role=Role.INSTITUTION)
    new = []

    class Rotating(Runner):
        def _claim(self, now):
            if not new and receiver.requests:
                new.append(
                    rotate_secret(
                        actor=actor,
                        endpoint=endpoint,
                        overlap_hours=0,
                        expected_revision=None,
                        now=now,
                    )[1]
                )
            return super()._claim(now)

    Rotating().run()

    _, headers, body = receiver.requests[-1]
    assert Webhook(new[0]).verify(body, headers)
    _, headers, body = receiver.requests[0]
    assert Webhook(endpoint.shown_secret).verify(body, headers)


def test_many_hanging_receivers_leave_room_for_one_that_answers(receiver):
    with Receiver() as hanging:
        hanging.behaviour = behaving.hang
        for n in range(20):
            MessageFactory.create_batch(3, endpoint=EndpointFactory(url=f"{hanging.url}/{n}"))
        MessageFactory.create_batch(5, endpoint=EndpointFactory(url=receiver.url))

        # No call is started any more when the first hanging one ends.
        Runner(limits=Limits(total_seconds=2.0, starts_for=timedelta(seconds=1.5))).run()

    assert len(receiver.requests) == 5


def test_what_a_dead_worker_held_is_due_again_after_its_lease(receiver, endpoint):
    MessageFactory.create_batch(3, endpoint=endpoint)
    now = timezone.now()
    dead = Runner()
    assert dead._claim(now)

    assert deliver() == 0
    assert deliver(now + Limits().lease + timedelta(seconds=1)) == 3
    assert set(receiver.times_by_id().values()) == {1}


def test_a_worker_that_comes_back_after_its_lease_undoes_nothing(endpoint):
    message = MessageFactory(endpoint=endpoint)
    runner = Runner()
    runner._claim(timezone.now())
    late = Result(
        message.pk,
        endpoint.pk,
        runner._claim_id,
        timezone.now(),
        Outcome("status", 10, status_code=500),
    )
    deliver(timezone.now() + timedelta(minutes=2))

    record_results([late], now=timezone.now())

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("delivered", 2)
    assert WebhookAttempt.objects.count() == 2


def test_an_address_that_became_an_inner_one_is_refused_at_the_delivery(
    receiver, endpoint, settings
):
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    settings.WEBHOOK_PORTS = [receiver.port]
    endpoint.url = f"https://127.0.0.1:{receiver.port}/"
    endpoint.save()
    message = MessageFactory(endpoint=endpoint)

    deliver()

    message.refresh_from_db()
    assert message.last_error == "refused_address"
    assert not receiver.requests


def test_an_address_that_the_settings_no_longer_allow_is_refused_at_the_delivery(
    receiver, endpoint, settings
):
    settings.WEBHOOK_ALLOW_LOOPBACK = False  # http was allowed when it was entered
    message = MessageFactory(endpoint=endpoint)

    deliver()

    message.refresh_from_db()
    assert message.last_error == "refused_address"
    assert not receiver.requests


def test_a_lost_key_of_the_platform_sends_nothing_unsigned(receiver, endpoint, settings):
    message = MessageFactory(endpoint=endpoint)
    settings.SECRET_KEY = "another"

    deliver()

    message.refresh_from_db()
    assert message.last_error == "secret"
    assert not receiver.requests


def test_many_messages_share_their_statements(endpoint, count_queries):
    MessageFactory.create_batch(120, endpoint=endpoint)

    assert count_queries(deliver) < 3 * 120
    assert not WebhookMessage.objects.exclude(status="delivered").exists()
