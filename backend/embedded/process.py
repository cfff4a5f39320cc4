"""Starting and ending a child process so that none is ever left behind.

Each child leads a process group of its own: a Ctrl-C at the terminal reaches the supervisor
only, which ends the children in order. The kernel tells a child when the supervisor dies.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from backend.embedded.account import Account, switch_to

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Launch:
    """What to start, as whom, and which signal asks it to end."""

    name: str
    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True)
class ProcessIdentity:
    """A process id with its start time, since ids are given out again."""

    pid: int
    started_ticks: int

    def is_alive(self) -> bool:
        """Tell whether this very process runs (a zombie does not)."""
        state = _state_of(self.pid)
        return state is not None and state[0] not in "ZX" and state[2] == self.started_ticks


class Child:
    """A running child, its output on ``output``."""

    def __init__(self, launch: Launch, *, log: Path | None = None, show: bool = False) -> None:
        """Start it; with ``log`` or ``show`` it writes there or to our own terminal."""
        self.launch = launch
        self.started_at = time.monotonic()
        with ExitStack() as files:
            target: int | IO[bytes] | None = subprocess.PIPE
            if show:
                target = None
            elif log:
                target = files.enter_context(log.open("ab"))
            self._popen = self._spawn(target)
        self.output = self._popen.stdout
        if self.output:
            os.set_blocking(self.output.fileno(), False)
        self.identity = identify(self.pid)

    def _spawn(self, target: int | IO[bytes] | None) -> subprocess.Popen[bytes]:
        launch = self.launch
        return subprocess.Popen(  # noqa: S603 - programs and arguments of our own
            launch.argv,
            cwd=launch.directory,
            env=dict(launch.environment),
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=target if target is None else subprocess.STDOUT,
            process_group=0,
            pass_fds=launch.descriptors,
            # Changing the account clears the death signal, so the hook, which runs after it, asks.
            preexec_fn=partial(_die_with, os.getpid(), launch.stop_signal),  # noqa: PLW1509
            **switch_to(launch.account),
        )

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._popen.pid

    def exit_status(self) -> int | None:
        """Return the exit status (negative: the signal), or None while it runs."""
        return self._popen.poll()

    def ask_to_end(self) -> None:
        """Send the signal with which this program ends in good order."""
        if self.exit_status() is None:
            os.kill(self.pid, self.launch.stop_signal)

    def kill_group(self) -> None:
        """Kill it and whatever is left in its group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def end(self, seconds: float) -> None:
        """Ask it to end, wait, kill what is left; return when the child is gone."""
        self.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=seconds)
        self.kill_group()
        self._popen.wait()


def identify(pid: int) -> ProcessIdentity | None:
    """Return the identity of a running process, or None when there is none."""
    state = _state_of(pid)
    return ProcessIdentity(pid, state[2]) if state else None


def adopt_orphans(*, yes: bool) -> None:
    """Become the parent of grandchildren whose parent dies, so that they can be ended."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def direct_children() -> set[int]:
    """Return the process ids of all children, the adopted ones included."""
    own = os.getpid()
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return {pid for pid in pids if (state := _state_of(pid)) and state[1] == own}


def boot_id() -> str:
    """Return the kernel's name for this run of the machine; start times count from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _die_with(parent: int, stop_signal: int) -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was told
        os._exit(1)


def _state_of(pid: int) -> tuple[str, int, int] | None:
    """Read state, parent and start time from /proc; see proc_pid_stat(5)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[1]), int(fields[19])
