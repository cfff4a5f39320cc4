"""After a crash only the processes on the list are ended, never one that got their id."""

import json
import os
import signal
import subprocess
import sys

import pytest

from backend.embedded import ledger
from backend.embedded.process import Child, Launch, boot_id, identify

_SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
# Says when it is deaf, so that the test does not signal it earlier.
_DEAF = (
    sys.executable,
    "-c",
    """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
""",
)


@pytest.fixture
def sleeper():
    process = subprocess.Popen(_SLEEPER, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def _write(path, process, **changes):
    row = {
        "name": "web",
        "pid": process.pid,
        "started_ticks": identify(process.pid).started_ticks,
        "stop_signal": int(signal.SIGTERM),
    }
    path.write_text(
        json.dumps(
            {"boot": changes.pop("boot", boot_id()), "children": [{**row, **changes}]},
        )
    )


def test_a_recorded_process_is_ended(tmp_path, sleeper):
    _write(tmp_path / "children.json", sleeper)

    assert ledger.end_orphans(tmp_path / "children.json") == 1

    assert sleeper.wait(timeout=5) == -signal.SIGTERM
    assert not (tmp_path / "children.json").exists()


def test_a_foreign_process_with_a_recorded_id_is_left_alone(tmp_path, sleeper):
    _write(tmp_path / "children.json", sleeper, started_ticks=1)

    assert ledger.end_orphans(tmp_path / "children.json") == 0

    assert sleeper.poll() is None


def test_a_list_from_before_a_reboot_names_nobody(tmp_path, sleeper):
    _write(tmp_path / "children.json", sleeper, boot="another-boot")

    assert ledger.end_orphans(tmp_path / "children.json") == 0

    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"boot": 1}'])
def test_a_damaged_list_does_not_stop_the_start(tmp_path, text):
    path = tmp_path / "children.json"
    path.write_text(text)

    assert ledger.end_orphans(path) == 0


def test_a_child_that_ignores_the_request_is_killed(tmp_path):
    log = tmp_path / "log"
    child = Child(Launch("deaf", _DEAF, tmp_path, dict(os.environ)), log=log)
    while "deaf" not in log.read_text():
        pass

    child.end(0.2)

    assert child.exit_status() == -signal.SIGKILL
