"""A platform started as its users start it, and what tests ask about its processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from backend.embedded.layout import read_layout
from backend.embedded.services import Services, services_of

CHECKOUT = Path(__file__).resolve().parents[2]
NAMES = {"postgres", "broker", "web", "worker", "scheduler"}
# A user's shell, without what the test run itself has set.
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Wait until the condition holds and tell whether it did in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def descendants(pid: int) -> set[int]:
    """Return the process ids of all that a process has started, and what these have."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
    found, grown = set(), {pid}
    while grown:
        grown = {child for child, parent in parents.items() if parent in grown}
        found |= grown
    return found


class Platform:
    """One `kerong up` on a data folder and port of its own."""

    def __init__(self, data_dir: Path, port: int | None = None, build: str | None = None) -> None:
        """Choose folder and port, and one of `tests.faults.builds`; nothing is started yet."""
        self.data_dir = data_dir
        self.environment = dict(ENVIRONMENT)
        if build:
            self.environment |= {
                "DJANGO_SETTINGS_MODULE": f"tests.faults.builds.{build}",
                "KERONG_WEBHOOK_LOOPBACK": "1",
            }
        self.port = port or free_port()
        self.output = data_dir.parent / f"{data_dir.name}.output"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, demo: bool = False) -> "Platform":
        """Start it in a session of its own, as from another terminal."""
        command = [sys.executable, "-m", "backend.command", "up"]
        command += [] if demo else ["--no-demo"]
        command += ["--port", str(self.port), "--data-dir", str(self.data_dir)]
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def answers(self) -> bool:
        """Tell whether the health page answers 200."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/healthz", timeout=5
            ) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def is_up(self) -> bool:
        """Tell whether it answers and all its parts run."""
        return set(self.children()) == NAMES and self.answers()

    def comes_up(self, seconds: float) -> bool:
        """Wait until it is up, not longer than it lives, and tell whether it is."""
        wait_for(lambda: self._process.poll() is not None or self.is_up(), seconds)
        return self._process.poll() is None and self.is_up()

    def said(self) -> str:
        """Return everything it printed."""
        return self.output.read_text(encoding="utf-8")

    def children(self) -> dict[str, int]:
        """Return the process ids of its parts."""
        try:
            record = json.loads((self.data_dir / "children.json").read_text())
        except FileNotFoundError:
            return {}
        return {child["name"]: child["pid"] for child in record["children"]}

    def database(self) -> psycopg.Connection:
        """Connect to its database."""
        return psycopg.connect(self._services.postgres.url, autocommit=True)

    def seed(self, part: str, count: int, url: str = "") -> dict[str, Any]:
        """Fill its database with a part of `tests.faults.seed` and return what that says."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.seed", part, str(count), url],
            cwd=CHECKOUT,
            env=self._services.environment(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def without(self, part: str) -> Iterator[None]:
        """Kill a part with all of its processes; it stays away until the block ends."""
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            self.kill_part(part)
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def kill_part(self, part: str) -> int:
        """Kill a part with all of its processes, and return which process led it."""
        leader = self.children()[part]
        self._kill_all({leader, *descendants(leader)})
        return leader

    @property
    def _services(self) -> Services:
        return services_of(read_layout(self.data_dir), {})

    def processes(self) -> set[int]:
        """Return every process that works in its folders or was started for them."""
        return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._owns(entry)}

    def terminate(self) -> int:
        """Ask it to stop and return its exit status."""
        self._process.terminate()
        return self._process.wait(timeout=10)

    def kill(self) -> None:
        """Kill the supervisor, and only it."""
        self._process.kill()
        self._process.wait()

    def kill_everything(self) -> None:
        """Kill all its processes while the supervisor is held and cannot answer."""
        os.kill(self._process.pid, signal.SIGSTOP)
        self._kill_all(self.processes())
        self.kill()

    def exit_status(self) -> int:
        """Wait for a start that is expected to fail."""
        return self._process.wait(timeout=20)

    def clear(self) -> None:
        """End whatever is left, so that one failed test does not disturb the next."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            wait_for(lambda: self._process.poll() is not None, 10)
        self._kill_all(self.processes())

    def _kill_all(self, pids: set[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _owns(self, entry: Path) -> bool:
        try:
            folder = (entry / "cwd").readlink()
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            return False
        marker = f"KERONG_DATA_DIR={self.data_dir}".encode()
        return marker in environment or folder.is_relative_to(self._home())

    def _home(self) -> Path:
        """Return where the database lives; as root that may be outside the data folder."""
        try:
            home = json.loads((self.data_dir / "layout.json").read_text())["home"]
        except FileNotFoundError:
            home = None
        return Path(home) if home else self.data_dir
