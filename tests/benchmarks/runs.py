"""A match run over every open need: in this process, then by a real Celery worker.

Celery's share is measured by what is left when nothing is to be computed: tasks for a run that
is over are published and answered, one look into the database each, and so many of them as the
run had wake-ups are held against the CPU time of the whole run.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from celery import current_app
from django.db import connection
from django.utils import timezone

from backend.accounts.models import User
from backend.matches import services, tasks
from backend.matches.models import MatchChunk, MatchRow, MatchRun
from backend.organizations.actors import resolve_actor
from backend.organizations.enums import DepartmentLevel, OrganizationKind, Role
from backend.organizations.models import Membership, Organization
from matching.exchange import parse_exchange
from matching.pipeline import Matcher
from tests.benchmarks.workload import AS_OF

_CHECKED = 50
_WORKER_SECONDS = 600
_IDLE_TASKS = 300


def measure(exchange: dict[str, Any]) -> dict[str, Any]:
    """Time a run in place and, with a broker, one by a worker; both must agree."""
    actor = _department_actor()
    current_app.conf.task_always_eager = True
    start, cpu_start = time.perf_counter(), time.process_time()
    run = services.start_run(actor=actor, as_of=AS_OF, now=timezone.now())
    in_place, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    run.refresh_from_db()
    assert run.status == "finished", run.failure
    _check(run, exchange)
    figures = {
        "pairs": f"{run.needs_total} × {len(exchange['products'])}",
        "in_place_seconds": in_place,
        "in_place_cpu_seconds": cpu,
        "in_place_cpu_ms_per_need": cpu * 1_000 / run.needs_total,
        **_storage(run),
    }
    if os.environ.get("BROKER_URL"):
        figures |= _by_worker(actor, run)
    return figures


def _storage(run: MatchRun) -> dict[str, float]:
    """Return the bytes that a run's rows take on disk, indexes included, per need."""
    sizes = {}
    for name, model in (("rows", MatchRow), ("frozen_inputs", MatchChunk)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [model._meta.db_table])
            sizes[f"{name}_bytes_per_need"] = cursor.fetchone()[0] / run.needs_total
    return sizes


def _check(run: MatchRun, exchange: dict[str, Any]) -> None:
    """Compare rows with the library's own answer on the exchange file."""
    parsed = parse_exchange(exchange)
    firms = {firm.uscc: firm for firm in parsed.firms}
    matcher = Matcher(parsed.products)
    needs = {need.code: need for need in parsed.needs[:_CHECKED]}
    rows = MatchRow.objects.filter(run=run, need__code__in=needs).select_related("need")
    assert len(rows) == len(needs)
    for row in rows:
        need = needs[row.need.code]
        result = matcher.match(need, firms[need.firm], as_of=AS_OF, top=run.top)
        assert row.scores == [match.score for match in result.matches], need.code


def _by_worker(actor: Any, run: MatchRun) -> dict[str, Any]:
    """Repeat the run with a Celery worker of two processes; its start is not counted."""
    current_app.conf.task_always_eager = False
    with _worker() as worker:
        start, cpu_start = time.perf_counter(), _cpu_seconds(worker)
        repetition = services.repeat_run(actor=actor, run=run, now=timezone.now())
        while repetition.status in {"queued", "running"}:
            assert time.perf_counter() - start < _WORKER_SECONDS, "the worker did not finish"
            time.sleep(0.05)
            repetition.refresh_from_db()
        elapsed, cpu = time.perf_counter() - start, _cpu_seconds(worker) - cpu_start
        idle = _idle_cpu_seconds(worker, repetition)
    assert repetition.result_hash == run.result_hash
    wake_ups = run.chunks.count()
    return {
        "worker_seconds": elapsed,
        "worker_cpu_seconds": cpu,
        "wake_ups": wake_ups,
        "idle_wake_up_cpu_ms": idle * 1_000,
        "celery_share": idle * wake_ups / cpu,
    }


def _idle_cpu_seconds(worker: psutil.Process, run: MatchRun) -> float:
    """Return what a wake-up costs here and in the worker when nothing is left to compute."""
    before = _tasks_done()
    own_start, start = time.process_time(), _cpu_seconds(worker)
    for _ in range(_IDLE_TASKS):
        tasks.compute_next_chunk.delay(run_id=run.pk)
    published = time.process_time() - own_start
    deadline = time.monotonic() + 60
    while _tasks_done() < before + _IDLE_TASKS:
        assert time.monotonic() < deadline, "the worker did not answer"
        time.sleep(0.1)
    return (published + _cpu_seconds(worker) - start) / _IDLE_TASKS


def _tasks_done() -> int:
    """Return how many wake-ups the worker has taken."""
    totals = [stats["total"] for stats in (current_app.control.inspect().stats() or {}).values()]
    return sum(total.get(tasks.compute_next_chunk.name, 0) for total in totals)


def _cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process and its children so far."""
    times = [part.cpu_times() for part in (process, *process.children(recursive=True))]
    return sum(part.user + part.system for part in times)


@contextmanager
def _worker() -> Iterator[psutil.Process]:
    """Start a Celery worker and end it afterwards."""
    command = [sys.executable, "-m", "celery", "-A", "backend.config.celery", "worker"]
    worker = subprocess.Popen(
        [*command, "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_worker()
        yield psutil.Process(worker.pid)
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _wait_for_worker() -> None:
    deadline = time.monotonic() + 60
    while not current_app.control.ping(timeout=0.5):
        assert time.monotonic() < deadline, "no worker answered"


def _department_actor() -> Any:
    department = Organization.objects.create(
        kind=OrganizationKind.DEPARTMENT,
        code="bench-department",
        name="基准部门",
        region_id="220000",
        department_level=DepartmentLevel.PROVINCE,
    )
    user = User.objects.create_user("bench-manager")
    Membership.objects.create(user=user, organization=department, role=Role.DEPARTMENT)
    return resolve_actor(user, today=AS_OF)
