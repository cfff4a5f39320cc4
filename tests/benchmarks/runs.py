"""A match run over every open need: in this process, then by a real Celery worker."""

import os
import subprocess
import sys
import time
from typing import Any

from celery import current_app
from django.utils import timezone

from backend.accounts.models import User
from backend.matches import services
from backend.matches.models import MatchRow, MatchRun
from backend.organizations.actors import resolve_actor
from backend.organizations.enums import DepartmentLevel, OrganizationKind, Role
from backend.organizations.models import Membership, Organization
from matching.exchange import parse_exchange
from matching.pipeline import Matcher
from tests.benchmarks.workload import AS_OF

_CHECKED = 50
_WORKER_SECONDS = 600


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
    }
    if os.environ.get("BROKER_URL"):
        figures["worker_seconds"] = _by_worker(actor, run)
    return figures


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


def _by_worker(actor: Any, run: MatchRun) -> float:
    """Repeat the run with a Celery worker of two processes; its start is not counted."""
    current_app.conf.task_always_eager = False
    command = [sys.executable, "-m", "celery", "-A", "backend.config.celery", "worker"]
    worker = subprocess.Popen(
        [*command, "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_worker()
        start = time.perf_counter()
        repetition = services.repeat_run(actor=actor, run=run, now=timezone.now())
        while repetition.status in {"queued", "running"}:
            assert time.perf_counter() - start < _WORKER_SECONDS, "the worker did not finish"
            time.sleep(0.05)
            repetition.refresh_from_db()
        elapsed = time.perf_counter() - start
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    assert repetition.result_hash == run.result_hash
    return elapsed


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
