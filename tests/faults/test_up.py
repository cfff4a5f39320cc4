"""`kerong up` with real processes: it starts, survives what is killed, and leaves nothing."""

import os
import signal
import socket
import time

import psycopg
import pytest

from backend.embedded.layout import read_layout
from backend.embedded.lock import InUseError, claimed_layout
from backend.embedded.services import environment_with_services, services_of
from tests.faults.running import NAMES, wait_for

pytestmark = pytest.mark.slow

_FIRST_START_SECONDS = 60
_START_SECONDS = 10
_STOP_SECONDS = 10


def _database(platform):
    url = services_of(read_layout(platform.data_dir), {}).postgres.url
    return psycopg.connect(url, autocommit=True)


def test_it_stops_within_ten_seconds_without_leftovers_and_keeps_its_data(platform):
    one = platform().start()
    assert one.comes_up(_FIRST_START_SECONDS), one.said()
    with _database(one) as connection:
        connection.execute("CREATE TABLE kept (value text)")
        connection.execute("INSERT INTO kept VALUES ('吉林')")
    key = (one.data_dir / "secret-key").read_text()

    began = time.monotonic()
    assert one.terminate() == 0
    assert time.monotonic() - began < _STOP_SECONDS
    assert one.processes() == set()

    one.start()
    assert one.comes_up(_START_SECONDS), one.said()
    with _database(one) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == ("吉林",)
    assert (one.data_dir / "secret-key").read_text() == key
    assert (one.data_dir / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_first_start_shows_matches_then_accounts_once_and_never_logs_them(platform):
    accounts = "密码和密钥只显示这一次"
    one = platform().start(demo=True)
    assert one.comes_up(_FIRST_START_SECONDS), one.said()
    assert wait_for(lambda: "平台已就绪" in one.said(), 5)
    said = one.said()

    assert said.index("✓ 装入演示企业与需求") < said.index("名次") < said.index(accounts)
    assert said.index(accounts) < said.index("平台已就绪")
    assert "Bearer" not in (one.data_dir / "logs" / "kerong.log").read_text(encoding="utf-8")
    assert one.terminate() == 0

    one.start(demo=True)
    assert one.comes_up(_START_SECONDS), one.said()
    assert one.said().count(accounts) == said.count(accounts) == 1
    assert one.said().count("名次") == said.count("名次")


def test_every_killed_child_comes_back(platform):
    one = platform().start()
    assert one.comes_up(_FIRST_START_SECONDS), one.said()

    for name in sorted(NAMES):
        killed = one.children()[name]
        os.kill(killed, signal.SIGKILL)

        def is_back(name=name, killed=killed):
            return one.children().get(name, killed) != killed and one.is_up()

        assert wait_for(is_back, _START_SECONDS), f"{name}\n{one.said()}"

    assert one.terminate() == 0
    assert one.processes() == set()


def test_the_next_start_recovers_from_a_killed_supervisor(platform):
    one = platform().start()
    assert one.comes_up(_FIRST_START_SECONDS), one.said()
    former = one.processes()

    one.kill()
    one.start()

    def is_renewed():
        return one.is_up() and not former & set(one.children().values())

    assert wait_for(is_renewed, _START_SECONDS), one.said()
    assert one.processes() & former == set()


def test_the_next_start_recovers_when_everything_was_killed_at_once(platform):
    one = platform().start()
    assert one.comes_up(_FIRST_START_SECONDS), one.said()

    one.kill_everything()
    assert (one.data_dir / "children.json").exists()
    one.start()

    assert one.comes_up(_START_SECONDS), one.said()


def test_two_run_side_by_side(platform):
    both = [platform("first").start(), platform("second").start()]

    for one in both:
        assert one.comes_up(_FIRST_START_SECONDS), one.said()
    assert both[0].terminate() == 0

    assert both[1].is_up()


def test_a_taken_port_is_refused_before_anything_starts(platform):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one = platform(port=port).start()

        assert one.exit_status() == 2

    assert f"端口 {port} 已被其他程序占用" in one.said()
    assert not (one.data_dir / "postgres").exists()
    assert one.processes() == set()


def test_a_data_folder_in_use_is_refused(platform):
    one = platform()
    one.data_dir.mkdir()
    with claimed_layout(one.data_dir):
        assert one.start().exit_status() == 2

    assert f"正被另一个 kerong 进程（进程号 {os.getpid()}）使用" in one.said()


def test_a_command_uses_the_services_of_a_running_platform_or_its_own(platform):
    one = platform()
    one.data_dir.mkdir(mode=0o711)
    with environment_with_services(one.data_dir, {}) as outer:
        with pytest.raises(InUseError), claimed_layout(one.data_dir):
            pass
        with environment_with_services(one.data_dir, {}) as inner:
            assert inner == outer
            with psycopg.connect(inner["DATABASE_URL"]) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)

    assert one.processes() == set()
