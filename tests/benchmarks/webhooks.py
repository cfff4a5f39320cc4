"""10,000 webhook deliveries: 500 events for 20 endpoints, by a real Celery worker.

``kerong services --data-dir .kerong-bench -- python -m tests.benchmarks.webhooks`` prints the
figures. Receiver, worker, database and broker share the machine.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.receiver import Receiver

_MODULE = (sys.executable, "-m", "tests.benchmarks.webhooks")
_PATIENCE_SECONDS = 300
_ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
    "KERONG_WEBHOOK_LOOPBACK": "1",
    "OMP_NUM_THREADS": "1",
}


def measure(*, events: int = 500, endpoints: int = 20) -> dict[str, Any]:
    """Record events, let a worker relay and deliver them, and check that each came once."""
    from tests.factories.organizations import OrganizationFactory
    from tests.factories.webhooks import EndpointFactory

    _send_verified_needs_out()
    with _running("receiver") as receiver, _running("worker"):
        port = int(receiver.stdout.readline())
        for number in range(endpoints):
            EndpointFactory(
                organization=OrganizationFactory(bank=True),
                url=f"http://127.0.0.1:{port}/{number}",
                event_types=["need.verified"],
            )
        _wait_for_worker()
        start = time.monotonic()
        _record(events)
        recorded = time.monotonic() - start
        _wait_until_delivered(events * endpoints)
        elapsed = time.monotonic() - start
        seen = json.loads(receiver.communicate("end\n", timeout=30)[0])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert seen["requests"] == seen["ids"] == events * endpoints, seen
    return {
        "deliveries": seen["requests"],
        "recording_seconds": recorded,
        "first_request_seconds": seen["first"] - start,
        "last_request_seconds": seen["last"] - start,
        "all_written_down_seconds": elapsed,
        "deliveries_per_second": seen["requests"] / elapsed,
        "cpu_seconds_of_worker_and_receiver": used.ru_utime + used.ru_stime,
    }


def _send_verified_needs_out() -> None:
    """Register an event type for the benchmark: everybody who subscribes is a recipient."""
    from backend.journal.enums import EventType
    from backend.organizations.models import Organization
    from backend.webhooks.registry import register

    register(
        EventType.NEED_VERIFIED,
        recipients=lambda event: Organization.objects.filter(kind="institution").values_list(
            "public_id", flat=True
        ),
        payload=lambda event: {"need_id": event.subject_id},
    )


def _record(events: int) -> None:
    from django.db import transaction

    from backend.journal.enums import EventType
    from backend.journal.services import record
    from backend.organizations.models import Organization

    subject = Organization.objects.first()
    for _ in range(events):
        with transaction.atomic():
            record(EventType.NEED_VERIFIED, subject=subject, actor=None)


def _wait_for_worker() -> None:
    from backend.config.celery import app

    deadline = time.monotonic() + 60
    while not app.control.ping(timeout=0.5):
        assert time.monotonic() < deadline, "no worker answered"


def _wait_until_delivered(total: int) -> None:
    from backend.webhooks.models import WebhookMessage

    deadline = time.monotonic() + _PATIENCE_SECONDS
    while WebhookMessage.objects.filter(status="delivered").count() < total:
        assert time.monotonic() < deadline, "not everything was delivered"
        time.sleep(0.2)


@contextmanager
def _running(part: str) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [*_MODULE, part],
        env={**os.environ, **_ENVIRONMENT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _be_worker() -> None:
    """Work as the platform's worker does, with the benchmark's event type going out."""
    import django

    django.setup()
    _send_verified_needs_out()
    from backend.config.celery import app

    options = ["--concurrency=2", "--loglevel=ERROR", "--without-gossip", "--without-mingle"]
    with tempfile.TemporaryDirectory(prefix="kerong-bench-") as folder:
        app.worker_main(["worker", *options, "--beat", f"--schedule={folder}/schedule"])


def _be_receiver() -> None:
    """Accept everything until the benchmark ends; then say what came."""
    with Receiver() as receiver:
        sys.stdout.write(f"{receiver.port}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        moments = [moment for moment, _, _ in receiver.requests]
        seen = {
            "requests": len(moments),
            "ids": len(receiver.times_by_id()),
            "first": min(moments, default=0.0),
            "last": max(moments, default=0.0),
        }
        sys.stdout.write(json.dumps(seen))


def main() -> int:
    """Measure, or be a part of the measurement."""
    parser = argparse.ArgumentParser(description="推送性能测量")
    parser.add_argument("part", nargs="?", choices=["receiver", "worker"])
    parser.add_argument("--events", type=int, default=500)
    arguments = parser.parse_args()
    if arguments.part:
        {"receiver": _be_receiver, "worker": _be_worker}[arguments.part]()
        return 0
    os.environ.update(_ENVIRONMENT)
    from tests.benchmarks.database import fresh_database

    with fresh_database():
        figures = measure(events=arguments.events)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
