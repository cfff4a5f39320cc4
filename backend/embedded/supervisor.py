"""Keeps children running, collects their output, and ends them all.

One thread and one event loop: children are only ever started from here, so nothing is copied
half-way into a child, and every signal is answered between two events.
"""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from backend.embedded import ledger
from backend.embedded.errors import UnusableError
from backend.embedded.log import LineReader, LogBook
from backend.embedded.process import Child, Launch, adopt_orphans, direct_children

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
# A child that ran this long did not die of its start; its next restart is immediate again.
_STEADY_SECONDS = 20.0
_HOPELESS_FAILURES = 5
_TICK_SECONDS = 0.05
_READ_BYTES = 65536


class StopRequested(Exception):
    """Somebody asked us to stop."""


@dataclass
class _Kept:
    """A program to keep running, and what its restart needs to know."""

    launch: Launch
    prepare: Callable[[], None]
    failures: int = 0
    due_at: float | None = None


class Supervisor:
    """A context within which children are kept running; leaving it ends every one of them."""

    def __init__(self, book: LogBook, ledger_path: Path) -> None:
        """Log to ``book`` and note running children in ``ledger_path``."""
        self._book = book
        self._ledger_path = ledger_path
        self._selector = selectors.DefaultSelector()
        self._children: dict[str, Child] = {}
        self._readers: dict[str, LineReader] = {}
        self._kept: dict[str, _Kept] = {}
        self._stop_requests = 0
        self._ending = False

    def __enter__(self) -> Self:
        """Take over signals and orphans."""
        self._wake_in, self._wake_out = socket.socketpair()
        for end in (self._wake_in, self._wake_out):
            end.setblocking(False)
        self._selector.register(self._wake_in, selectors.EVENT_READ, self._drain_wakeups)
        self._former_wakeup = signal.set_wakeup_fd(self._wake_out.fileno())
        self._former_handlers = {
            number: signal.signal(number, self._note_signal)
            for number in (*_STOP_SIGNALS, signal.SIGCHLD)
            if signal.getsignal(number) != signal.SIG_IGN  # nohup wants SIGHUP ignored
        }
        self._not_ours = direct_children()
        adopt_orphans(yes=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what still runs, adopted orphans included, and give the signals back."""
        self.stop(tuple(self._children), seconds=1.0)
        self._end_strays()
        adopt_orphans(yes=False)
        self._ledger_path.unlink(missing_ok=True)
        signal.set_wakeup_fd(self._former_wakeup)
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()

    def keep(self, launch: Launch, *, prepare: Callable[[], None] = lambda: None) -> None:
        """Start a program and start it again whenever it dies; ``prepare`` runs before each."""
        self._kept[launch.name] = _Kept(launch, prepare)
        prepare()
        self._start(launch)

    def run(self, launch: Launch) -> int:
        """Run a program to its end, its output on our terminal, and return its exit status."""
        child = self._start(launch, show=True)
        while (status := child.exit_status()) is None:
            self._turn()
        self._forget(child)
        return status

    def wait_until(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Wait for a condition while looking after the children; tell whether it came true.

        A child that keeps dying ends the waiting early.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            hopeless = any(kept.failures >= _HOPELESS_FAILURES for kept in self._kept.values())
            if hopeless or time.monotonic() > deadline:
                return False
            self._turn()
        return True

    def serve(self) -> None:
        """Look after the children until somebody asks us to stop (StopRequested)."""
        while True:
            self._turn(seconds=60.0)

    def stop(self, names: Collection[str], *, seconds: float) -> None:
        """End these children: ask, wait, kill. A second request to stop ends the waiting."""
        self._ending = True
        for name in names:
            self._kept.pop(name, None)
            if child := self._children.get(name):
                child.ask_to_end()
        deadline = time.monotonic() + seconds
        while any(name in self._children for name in names):
            if time.monotonic() > deadline or self._stop_requests > 1:
                break
            self._turn()
        for name in names:
            if child := self._children.get(name):
                self._book.write("kerong", f"{name} 未按时结束，强制终止。")
                child.kill_group()
                child.end(0)
                self._forget(child)

    def _start(self, launch: Launch, *, show: bool = False) -> Child:
        child = Child(launch, show=show)
        name = launch.name
        self._children[name] = child
        if child.output:
            self._readers[name] = LineReader(lambda line: self._book.write(name, line))
            self._selector.register(
                child.output, selectors.EVENT_READ, lambda: self._read_output(child)
            )
        ledger.write(self._ledger_path, self._children.values())
        return child

    def _turn(self, seconds: float = _TICK_SECONDS) -> None:
        """Handle what happened, waiting at most so long for something to happen."""
        now = time.monotonic()
        for kept in self._kept.values():
            if kept.due_at is not None:
                seconds = min(seconds, max(0.0, kept.due_at - now))
        for key, _ in self._selector.select(seconds):
            key.data()
        self._bury_dead()
        if self._stop_requests and not self._ending:
            raise StopRequested
        self._restart_due()

    def _restart_due(self) -> None:
        for name, kept in self._kept.items():
            if kept.due_at is None or time.monotonic() < kept.due_at:
                continue
            kept.due_at = None
            try:
                kept.prepare()
                self._start(kept.launch)
            except (UnusableError, OSError) as error:
                self._plan_restart(name, f"无法启动：{error}")

    def _bury_dead(self) -> None:
        """Take leave of every child that died, adopted ones included."""
        by_pid = {child.pid: child for child in self._children.values()}
        while pid := _dead_child():
            child = by_pid.get(pid)
            if child is None:  # adopted
                os.waitpid(pid, 0)
                continue
            child.kill_group()  # while its id is still taken, so the group is surely ours
            status = child.exit_status()
            self._forget(child)
            if kept := self._kept.get(child.launch.name):
                self._end_strays()
                if time.monotonic() - child.started_at > _STEADY_SECONDS:
                    kept.failures = 0
                self._plan_restart(child.launch.name, _how_it_ended(status))

    def _plan_restart(self, name: str, reason: str) -> None:
        kept = self._kept[name]
        pause = min(_FIRST_PAUSE_SECONDS * 2**kept.failures, _LONGEST_PAUSE_SECONDS)
        kept.failures += 1
        kept.due_at = time.monotonic() + pause
        self._book.write("kerong", f"{name} {reason}；{pause:.1f} 秒后重启。")

    def _end_strays(self) -> None:
        """Kill what dead children left behind; it has become our own child."""
        known = {child.pid for child in self._children.values()}
        for pid in direct_children() - known - self._not_ours:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def _forget(self, child: Child) -> None:
        name = child.launch.name
        if self._children.get(name) is not child:
            return
        del self._children[name]
        ledger.write(self._ledger_path, self._children.values())
        if child.output:
            self._read_output(child)
            self._selector.unregister(child.output)
            child.output.close()
            self._readers.pop(name).finish()

    def _read_output(self, child: Child) -> None:
        if child.output is None:
            return
        reader = self._readers[child.launch.name]
        with suppress(BlockingIOError):
            while data := os.read(child.output.fileno(), _READ_BYTES):
                reader.feed(data)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if number in _STOP_SIGNALS:
            self._stop_requests += 1

    def _drain_wakeups(self) -> None:
        with suppress(BlockingIOError):
            while self._wake_in.recv(4096):
                pass


def _how_it_ended(status: int | None) -> str:
    if status is not None and status < 0:
        return f"被信号 {signal.Signals(-status).name} 终止"
    return f"意外退出（状态 {status}）"


def _dead_child() -> int | None:
    """Return a child that has died and still waits to be buried."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return found.si_pid if found else None
