"""A throw-away PostgreSQL for the test run, unless DATABASE_URL names one.

Loaded early (``-p tests.services``), because Django's settings read the address when
pytest-django loads them. Workers of xdist inherit the address of the process that started them.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.embedded.erase import erase
from backend.embedded.services import environment_with_services

# A lost test database loses nothing.
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_RUNNING = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the database before any settings are read."""
    if os.environ.get("DATABASE_URL"):
        return
    # Stopped and removed however the run ends, also when it cannot begin.
    atexit.register(_RUNNING.close)
    folder = Path(tempfile.mkdtemp(prefix="kerong-tests-"))
    folder.chmod(0o711)  # the database's account passes through
    _RUNNING.callback(shutil.rmtree, folder, ignore_errors=True)
    _RUNNING.callback(erase, folder)
    given = {**os.environ, "BROKER_URL": "memory://"}
    environment = _RUNNING.enter_context(
        environment_with_services(folder, given, postgres_settings=_FORGETFUL)
    )
    os.environ["DATABASE_URL"] = environment["DATABASE_URL"]
    _RUNNING.callback(os.environ.pop, "DATABASE_URL", None)
