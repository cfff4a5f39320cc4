"""The platform's own processes: how each is started."""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from backend.embedded.layout import CHECKOUT
from backend.embedded.process import Launch

_PYTHON = (sys.executable, "-m")
_CELERY = (*_PYTHON, "celery", "--quiet", "-A", "backend.config.celery")
_WEB_THREADS = 8
_PARALLEL = max(2, min(4, os.cpu_count() or 1))
# Method, path, status, milliseconds; no query and no address of the caller in the log.
_ACCESS_FORMAT = "%(m)s %(U)s %(s)s %(M)sms"


def platform_environment(environment: Mapping[str, str], *, demo: bool) -> dict[str, str]:
    """Return what every process of the platform is told."""
    return {
        "OMP_NUM_THREADS": "1",  # one process per core is parallel enough
        **environment,
        "KERONG_DEMO": "1" if demo else "0",
        "PYTHONUNBUFFERED": "1",
    }


def preparation(environment: Mapping[str, str], *, show_matches: bool) -> Launch:
    """Migrate and load what the platform needs; ends by itself."""
    options = ("--show-matches",) if show_matches else ()
    argv = (*_PYTHON, "backend.embedded.prepare", *options)
    return Launch("prepare", argv, CHECKOUT, environment)


def web(environment: Mapping[str, str], listener: socket.socket) -> Launch:
    """Serve portal and API on a socket that stays open while this process is restarted."""
    options = (
        f"--bind=fd://{listener.fileno()}",
        "--worker-class=backend.config.web_worker.DeadlineThreadWorker",
        f"--workers={_PARALLEL}",
        f"--threads={_WEB_THREADS}",
        "--preload",
        "--no-control-socket",  # it lies in the home folder, where a second platform finds it
        "--graceful-timeout=3",
        "--log-level=warning",
        "--access-logfile=-",
        f"--access-logformat={_ACCESS_FORMAT}",
    )
    argv = (*_PYTHON, "gunicorn", "backend.config.wsgi:application", *options)
    return Launch("web", argv, CHECKOUT, environment, descriptors=(listener.fileno(),))


def worker(environment: Mapping[str, str], *, identity: str) -> Launch:
    """Work on what the journal and the match runs have to do."""
    options = (
        f"--hostname=kerong-{identity}@%h",
        f"--concurrency={_PARALLEL}",
        f"--loglevel={_celery_level(environment)}",
        "--without-gossip",
        "--without-mingle",
    )
    return Launch("worker", (*_CELERY, "worker", *options), CHECKOUT, environment)


def scheduler(environment: Mapping[str, str], *, schedule: Path) -> Launch:
    """Wake up the periodic jobs."""
    options = (
        f"--schedule={schedule}",
        "--pidfile=",  # one supervisor per data folder already; a stale file would block
        f"--loglevel={_celery_level(environment)}",
    )
    return Launch("scheduler", (*_CELERY, "beat", *options), CHECKOUT, environment)


def _celery_level(environment: Mapping[str, str]) -> str:
    return environment.get("KERONG_LOG_LEVEL") or "WARNING"
