"""A run survives its workers and the broker: nothing is lost, nothing is there twice."""

import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from backend.matches import chunks, services
from backend.matches.enums import ChunkStatus, RunStatus
from backend.matches.models import MatchChunk, MatchRun
from backend.needs.models import Need
from backend.organizations.actors import resolve_actor
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.matches import compute_all
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

_WORKER = """
import sys
import django
django.setup()
from django.utils import timezone
from backend.matches.chunks import compute_next_chunk
compute_next_chunk(run_id=int(sys.argv[1]), now=timezone.now())
"""
_PATIENCE_SECONDS = 30


@pytest.fixture
def deaf_broker() -> Iterator[None]:
    """Wake-ups go to a broker that nobody listens to."""
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True


@pytest.fixture
def run(transactional_db, deaf_broker) -> MatchRun:
    """A run of three chunks that no worker has heard of."""
    ProductFactory.create_batch(2)
    NeedFactory.create_batch(3, open=True)
    actor = make_actor(organization__department=True, role=Role.DEPARTMENT)
    return services.start_run(actor=actor, now=timezone.now(), chunk_needs=1)


def wait_until(condition) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)


@pytest.fixture
def start_worker() -> Iterator[Callable[[MatchRun], subprocess.Popen]]:
    """Start processes of their own that compute one chunk each; end what is left of them."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = f"/{connection.settings_dict['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address._replace(path=name).geturl(),
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.test",
    }
    with ExitStack() as running:

        def start(run: MatchRun) -> subprocess.Popen:
            worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(run.pk)], env=environment)
            running.enter_context(worker)
            running.callback(worker.kill)
            return worker

        yield start


def is_somebody_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees it frozen
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


def is_claimed(chunk: MatchChunk) -> bool:
    with transaction.atomic():
        free = MatchChunk.objects.filter(pk=chunk.pk).select_for_update(skip_locked=True)
        return free.first() is None


def test_a_worker_killed_in_the_middle_of_a_chunk_loses_and_doubles_nothing(run, start_worker):
    """Its transaction goes with it; the sweep wakes others, who compute every chunk once."""
    assert chunks.compute_next_chunk(run_id=run.pk, now=timezone.now())
    with transaction.atomic():
        MatchRun.objects.select_for_update().get(pk=run.pk)  # rows are written before this
        worker = start_worker(run)
        wait_until(is_somebody_waiting_for_a_lock)
        worker.kill()
        worker.wait()
    chunk = run.chunks.get(number=2)
    wait_until(lambda: not is_claimed(chunk))
    chunk.refresh_from_db()
    assert (chunk.status, chunk.attempts) == (ChunkStatus.PENDING, 1)
    assert run.rows.count() == 1

    current_app.conf.task_always_eager = True
    assert services.sweep_runs(now=timezone.now() + timedelta(minutes=2)) == 1
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED
    assert sorted(run.rows.values_list("need_id", flat=True)) == sorted(
        Need.objects.values_list("pk", flat=True)
    )


def test_a_lost_wake_up_is_made_good_by_the_sweep(run):
    """The broker forgot everything; the rows did not."""
    assert run.rows.count() == 0
    current_app.conf.task_always_eager = True
    services.sweep_runs(now=timezone.now() + timedelta(minutes=2))
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED
    assert run.rows.count() == 3


def test_a_run_that_moves_is_left_alone_by_the_sweep(run):
    """It was woken a moment ago."""
    assert services.sweep_runs(now=timezone.now()) == 0


def test_a_claimed_chunk_is_left_to_its_worker(run, start_worker):
    """Two workers at once compute two chunks, and neither waits for the other's."""
    assert chunks.compute_next_chunk(run_id=run.pk, now=timezone.now())
    with transaction.atomic():
        MatchRun.objects.select_for_update().get(pk=run.pk)
        worker = start_worker(run)
        wait_until(is_somebody_waiting_for_a_lock)
        assert chunks.compute_next_chunk(run_id=run.pk, now=timezone.now())
        assert not chunks.compute_next_chunk(run_id=run.pk, now=timezone.now())
    assert worker.wait(timeout=_PATIENCE_SECONDS) == 0
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED
    assert run.rows.count() == 3


def test_cancelling_while_a_worker_computes_leaves_none_of_its_rows(run, start_worker):
    """Whoever cancels comes before or after a chunk, never in between."""
    assert chunks.compute_next_chunk(run_id=run.pk, now=timezone.now())
    run.refresh_from_db()
    actor = resolve_actor(run.started_by, today=run.as_of)
    with transaction.atomic():
        MatchRun.objects.select_for_update().get(pk=run.pk)
        worker = start_worker(run)
        wait_until(is_somebody_waiting_for_a_lock)
        services.cancel_run(actor=actor, run=run, expected_revision=None, now=timezone.now())
    assert worker.wait(timeout=_PATIENCE_SECONDS) == 0
    assert run.rows.count() == 1
    assert run.chunks.filter(status=ChunkStatus.PENDING).count() == 2


def test_waking_up_twice_computes_once(run):
    """A delivery may be repeated; its effect is not."""
    for _ in range(6):
        chunks.compute_next_chunk(run_id=run.pk, now=timezone.now())
    assert run.rows.count() == 3
    assert list(run.chunks.values_list("attempts", flat=True)) == [1, 1, 1]


def test_a_chunk_that_fails_time_and_again_ends_the_run_with_its_reason(run):
    """Here its frozen input is damaged, so that no worker can read it."""
    run.chunks.filter(number=2).update(inputs=b"damaged")
    for _ in range(services.MAX_ATTEMPTS):
        with pytest.raises(zlib.error):
            compute_all(run)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "第 2 块" in run.failure
    assert "zlib" not in run.failure  # what went wrong inside stays inside
    assert run.chunks.get(number=2).attempts == services.MAX_ATTEMPTS
    assert run.rows.count() == 2  # the others were computed in between


def test_a_chunk_that_kills_its_workers_ends_the_run(run):
    """Attempts are counted before the work, so a death counts too."""
    run.chunks.filter(number=1).update(attempts=services.MAX_ATTEMPTS)
    compute_all(run)
    services.sweep_runs(now=timezone.now() + timedelta(minutes=2))
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run.rows.count() == 2


def test_a_need_that_was_withdrawn_meanwhile_is_not_ranked(run):
    """Only what is open when its chunk is computed is read."""
    gone = Need.objects.order_by("pk").first()
    Need.objects.filter(pk=gone.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    compute_all(run)
    assert run.status == RunStatus.FINISHED
    assert gone.pk not in run.rows.values_list("need_id", flat=True)
    assert run.rows.count() == 2
