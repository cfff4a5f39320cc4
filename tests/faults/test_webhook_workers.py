"""Webhooks with real processes that are killed: nothing is lost, and one id for all attempts."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from backend.journal.tasks import sweep_events
from backend.organizations.enums import Role
from backend.webhooks import services, tasks
from backend.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from backend.webhooks.runner import Limits, Runner, deliver_due
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.webhooks import EndpointFactory, MessageFactory
from tests.faults.running import CHECKOUT, wait_for
from tests.receiver import Receiver, Request, accept, refused_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Delivers until it is killed, with short leases so that what it held comes back soon.
_WORKER = """
import time
from datetime import timedelta
import django
django.setup()
from backend.webhooks.runner import Limits, deliver_due
limits = Limits(starts_for=timedelta(seconds=1), lease=timedelta(seconds=3), total_seconds=1.0)
while True:
    deliver_due(limits=limits)
    time.sleep(0.05)
"""
_KILLS = 6
_ENDPOINTS = 20
_MESSAGES = 30
_PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def loopback(settings):
    settings.WEBHOOK_ALLOW_LOOPBACK = True


@pytest.fixture
def start_worker() -> Iterator[Callable[[], subprocess.Popen]]:
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

        def start() -> subprocess.Popen:
            command = [sys.executable, "-c", _WORKER]
            worker = subprocess.Popen(command, cwd=CHECKOUT, env=environment)
            running.enter_context(worker)
            running.callback(worker.kill)
            return worker

        yield start


def fill(url: str, *, endpoints: int, messages: int) -> None:
    """Make due messages for several endpoints of one receiver."""
    bank = OrganizationFactory(bank=True)
    for number in range(endpoints):
        endpoint = EndpointFactory(organization=bank, url=f"{url}/{number}")
        MessageFactory.create_batch(messages, endpoint=endpoint)


def delivered() -> int:
    return WebhookMessage.objects.filter(status="delivered").count()


def slowly(request: Request) -> None:
    """Accept after a moment, so that a kill finds calls under way."""
    time.sleep(0.02)
    accept(request)


def test_workers_killed_in_the_middle_lose_nothing_and_send_only_the_same_id_again(start_worker):
    total = _ENDPOINTS * _MESSAGES
    with Receiver() as receiver:
        receiver.behaviour = slowly
        fill(receiver.url, endpoints=_ENDPOINTS, messages=_MESSAGES)
        for kill in range(1, _KILLS + 1):
            worker = start_worker()
            enough = kill * total // (_KILLS + 2)
            assert wait_for(lambda n=enough: len(receiver.requests) >= n, _PATIENCE_SECONDS)
            assert delivered() < total, "nothing was left to be killed in"
            worker.kill()
            worker.wait()
        start_worker()
        assert wait_for(lambda: delivered() == total, _PATIENCE_SECONDS)
        times = receiver.times_by_id()

    assert times.keys() == {message.webhook_id for message in WebhookMessage.objects.all()}
    # Sent again is at most what a killed worker had under way or had not yet written down.
    again = sum(times.values()) - total
    assert 0 < again <= _KILLS * (Limits().threads + Limits().recorded_at_once)
    assert max(times.values()) <= 1 + _KILLS
    written = WebhookAttempt.objects.filter(error_kind="").values("message").distinct().count()
    assert written == total


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
