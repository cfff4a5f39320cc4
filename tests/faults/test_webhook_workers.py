"""Several deliver, switch and replay at once, or nobody was woken: nothing is lost or doubled."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from backend.journal.tasks import sweep_events
from backend.organizations.enums import Role
from backend.webhooks import services, tasks
from backend.webhooks.models import WebhookEndpoint, WebhookMessage
from backend.webhooks.runner import Runner, deliver_due
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.webhooks import EndpointFactory, MessageFactory
from tests.faults.running import wait_for
from tests.receiver import Receiver, refused_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_ALLOW_LOOPBACK = True


def fill(url: str, *, endpoints: int, messages: int) -> None:
    """Make due messages for several endpoints of one receiver."""
    bank = OrganizationFactory(bank=True)
    for number in range(endpoints):
        endpoint = EndpointFactory(organization=bank, url=f"{url}/{number}")
        MessageFactory.create_batch(messages, endpoint=endpoint)


def delivered() -> int:
    return WebhookMessage.objects.filter(status="delivered").count()


@pytest.fixture
def deaf_broker() -> Iterator[None]:
    """Wake-ups go to a broker that nobody listens to."""
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True


def test_wake_ups_that_nobody_hears_are_made_up_for_by_the_sweep(deaf_broker):
    with Receiver() as receiver:
        endpoint = EndpointFactory(url=receiver.url)
        actor = make_actor(organization=endpoint.organization, role=Role.INSTITUTION)
        services.ping_endpoint(actor=actor, endpoint=endpoint)
        assert not WebhookMessage.objects.exists()

        sweep_events()
        assert (WebhookMessage.objects.count(), receiver.requests) == (1, [])
        tasks.deliver_due()

        assert len(receiver.requests) == delivered() == 1


def test_a_claim_passes_over_what_another_worker_is_claiming():
    fill("http://127.0.0.1:9", endpoints=2, messages=5)
    held = list(WebhookMessage.objects.order_by("pk").values_list("pk", flat=True)[:3])
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(WebhookMessage.objects.select_for_update().filter(pk__in=held))
                is_held.set()
                may_end.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(10)
    began = time.monotonic()
    runner = Runner()
    assert runner._claim(timezone.now())
    assert time.monotonic() - began < 5
    may_end.set()
    thread.join()

    claimed = WebhookMessage.objects.filter(claim_id__isnull=False)
    assert claimed.count() == 7
    assert not claimed.filter(pk__in=held).exists()


def test_two_runs_at_once_send_each_message_once():
    with Receiver() as receiver:
        fill(receiver.url, endpoints=5, messages=30)

        def run() -> None:
            try:
                Runner().run()
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert set(receiver.times_by_id().values()) == {1}
    assert delivered() == len(receiver.requests) == 150


def test_a_receiver_that_is_not_there_and_then_is_gets_everything():
    port = refused_port()
    fill(f"http://127.0.0.1:{port}", endpoints=3, messages=10)
    deliver_due()
    assert set(WebhookMessage.objects.values_list("status", "last_error")) == {
        ("pending", "connect")
    }
    later = timezone.now() + timedelta(hours=80)

    with Receiver(port=port) as receiver:
        deliver_due(clock=lambda: later)
        times = receiver.times_by_id()

    assert delivered() == len(times) == 30
    assert set(times.values()) == {1}


def test_switching_and_replaying_during_deliveries_neither_locks_up_nor_loses():
    with Receiver() as receiver:
        fill(receiver.url, endpoints=1, messages=60)
        endpoint = WebhookEndpoint.objects.get()
        actor = make_actor(organization=endpoint.organization, role=Role.INSTITUTION)
        failures: list[BaseException] = []
        stop = threading.Event()

        def keep_delivering() -> None:
            try:
                while not stop.is_set():
                    Runner().run()
            except BaseException as error:  # noqa: BLE001 - the assertion below shows it
                failures.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=keep_delivering)
        thread.start()
        since = timezone.now() - timedelta(hours=1)
        common = {"actor": actor, "endpoint": endpoint}
        for _ in range(20):
            now = timezone.now()
            services.disable_endpoint(**common, reason="", expected_revision=None, now=now)
            services.enable_endpoint(**common, expected_revision=None)
            services.replay_since(**common, since=since, now=now)
            time.sleep(0.05)
        assert wait_for(lambda: delivered() == 60, _PATIENCE_SECONDS)
        stop.set()
        thread.join()

    assert not failures
    assert len(receiver.times_by_id()) == 60
