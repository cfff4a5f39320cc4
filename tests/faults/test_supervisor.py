"""The supervisor on small children: restarts, back-off, orphans, output."""

import gzip
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from backend.embedded.log import DAYS_KEPT, LineReader, LogBook
from backend.embedded.process import Launch, identify
from backend.embedded.supervisor import StopRequested, Supervisor
from tests.faults.running import wait_for

_SLEEP = "import time; time.sleep(60)"
# Starts a sleeper in a session of its own, writes its id, and dies.
_LEAVES_AN_ORPHAN = f"""
import os, subprocess, sys
orphan = subprocess.Popen([sys.executable, "-c", {_SLEEP!r}], start_new_session=True)
with open("orphan.new", "w") as stream:
    stream.write(str(orphan.pid))
os.rename("orphan.new", "orphan")
"""


def _launch(folder, code, name="child"):
    return Launch(name, (sys.executable, "-c", code), folder, dict(os.environ))


@pytest.fixture
def book(tmp_path):
    book = LogBook(tmp_path)
    yield book
    book.close()


@pytest.fixture
def supervisor(book, tmp_path):
    with Supervisor(book, tmp_path / "children.json") as supervisor:
        yield supervisor


def test_a_days_log_is_packed_and_kept_for_as_many_days_as_asked(tmp_path):
    first = datetime.now(UTC)  # as the file's own age is
    with time_machine.travel(first, tick=False) as clock:
        book = LogBook(tmp_path, days_kept=3)
        for day in range(6):
            clock.move_to(first + timedelta(days=day))
            book.write("web", f"day {day}")
        book.close()

    packed = sorted(tmp_path.glob("kerong.log.*.gz"))
    assert [gzip.decompress(one.read_bytes()).decode().split("| ")[1] for one in packed] == [
        "day 2\n",
        "day 3\n",
        "day 4\n",
    ]
    assert "day 5" in (tmp_path / "kerong.log").read_text()
    assert DAYS_KEPT >= 184


def _log(tmp_path):
    return (tmp_path / "kerong.log").read_text(encoding="utf-8")


def test_a_dead_child_is_started_again_after_growing_pauses(supervisor, tmp_path):
    code = "open('starts', 'a').write('x')"

    supervisor.keep(_launch(tmp_path, code))
    came_true = supervisor.wait_until(lambda: False, seconds=30)

    assert not came_true  # a child that keeps dying ends the waiting early
    assert (tmp_path / "starts").read_text() == "x" * 5
    pauses = [line.split("；")[1] for line in _log(tmp_path).splitlines() if "秒后重启" in line]
    assert [pause[:3] for pause in pauses] == ["0.1", "0.2", "0.4", "0.8", "1.6"]


def test_what_a_dead_child_leaves_behind_is_killed(supervisor, tmp_path):
    supervisor.keep(_launch(tmp_path, _LEAVES_AN_ORPHAN))
    assert supervisor.wait_until((tmp_path / "orphan").exists, seconds=10)
    orphan = identify(int((tmp_path / "orphan").read_text()))

    assert supervisor.wait_until(lambda: orphan is None or not orphan.is_alive(), seconds=10)


def test_a_child_that_the_supervisor_did_not_start_is_left_alone(book, tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", _SLEEP])
    with Supervisor(book, tmp_path / "children.json") as supervisor:
        supervisor.keep(_launch(tmp_path, "pass"))
        supervisor.wait_until(lambda: "意外退出" in _log(tmp_path), seconds=5)

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_leaving_ends_every_child_and_clears_the_list(book, tmp_path):
    ledger = tmp_path / "children.json"
    with Supervisor(book, ledger) as supervisor:
        supervisor.keep(_launch(tmp_path, _SLEEP))
        child = identify(supervisor._children["child"].pid)
        assert ledger.exists()

    assert not child.is_alive()
    assert not ledger.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_to_stop_ends_serving(supervisor, number):
    os.kill(os.getpid(), number)

    with pytest.raises(StopRequested):
        supervisor.serve()


def test_a_deaf_child_is_killed_after_its_time(book, tmp_path):
    deaf = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("deaf", "w").close()
time.sleep(60)
"""
    with Supervisor(book, tmp_path / "children.json") as supervisor:
        supervisor.keep(_launch(tmp_path, deaf))
        assert supervisor.wait_until((tmp_path / "deaf").exists, seconds=10)
        child = identify(supervisor._children["child"].pid)
        began = time.monotonic()
        supervisor.stop(["child"], seconds=0.3)

        assert time.monotonic() - began < 2
        assert not child.is_alive()
    assert "child 未按时结束，强制终止。" in _log(tmp_path)


def test_every_line_of_a_child_is_logged_with_its_name(supervisor, tmp_path):
    code = "import sys; print('第一行'); print('second', file=sys.stderr); sys.stdout.write('end')"
    supervisor.keep(_launch(tmp_path, code, name="talker"))

    assert wait_for(
        lambda: supervisor.wait_until(lambda: "talker 意外退出" in _log(tmp_path), seconds=5), 5
    )

    said = [line.split("| ")[1] for line in _log(tmp_path).splitlines() if "talker    |" in line]
    assert sorted(said[:3]) == ["end", "second", "第一行"]


def test_a_program_that_runs_to_its_end_gives_its_status(supervisor, tmp_path):
    assert supervisor.run(_launch(tmp_path, "raise SystemExit(7)")) == 7


def test_endless_lines_and_broken_characters_are_cut_not_kept(tmp_path):
    lines = []
    reader = LineReader(lines.append)

    reader.feed(b"x" * 10_000)
    reader.feed(b"\xff\xfe ok\n\n")
    reader.feed(b"rest")
    reader.finish()

    assert lines == ["x" * 10_000, "\ufffd\ufffd ok", "rest"]
