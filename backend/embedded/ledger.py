"""The written list of running children, by which the next start finds what a crash left.

A process is only ended when its id and its start time are the recorded ones, so that a foreign
process that was given the same id later is never touched.
"""

import json
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backend.embedded.process import Child, ProcessIdentity, boot_id

_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class _Orphan:
    identity: ProcessIdentity
    stop_signal: int


def write(path: Path, children: Iterable[Child]) -> None:
    """Record the children that run now."""
    rows = [
        {
            "name": child.launch.name,
            "pid": child.pid,
            "started_ticks": child.identity.started_ticks,
            "stop_signal": int(child.launch.stop_signal),
        }
        for child in children
        if child.identity
    ]
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps({"boot": boot_id(), "children": rows}, indent=1))
    draft.replace(path)


def end_orphans(path: Path) -> int:
    """End the recorded children that still run and return how many there were."""
    orphans = [orphan for orphan in _read(path) if orphan.identity.is_alive()]
    for orphan in orphans:
        with suppress(ProcessLookupError):
            os.kill(orphan.identity.pid, orphan.stop_signal)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and any(o.identity.is_alive() for o in orphans):
        time.sleep(0.05)
    for orphan in orphans:
        if orphan.identity.is_alive():
            # The recorded process still leads its group, so the group is ours.
            with suppress(ProcessLookupError):
                os.killpg(orphan.identity.pid, signal.SIGKILL)
    path.unlink(missing_ok=True)
    return len(orphans)


def _read(path: Path) -> list[_Orphan]:
    """Return the recorded children of this run of the machine; a damaged list names none."""
    try:
        record = json.loads(path.read_text())
        if record["boot"] != boot_id():
            return []
        return [
            _Orphan(ProcessIdentity(row["pid"], row["started_ticks"]), row["stop_signal"])
            for row in record["children"]
        ]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []
