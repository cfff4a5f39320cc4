"""One readable log of all children: on the terminal and in a file per day."""

import gzip
import logging
import os
import select
import shutil
import sys
import time
from collections.abc import Callable
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

# As long as sign-ins are kept, unless the settings say otherwise; the law asks for six months.
DAYS_KEPT = 400
# A pipe that is reported writable takes this much without blocking (PIPE_BUF).
_LINE_BYTES = 4096
_NAME_WIDTH = 9
_COLOURS = {"postgres": 34, "broker": 35, "web": 32, "worker": 36, "scheduler": 33, "kerong": 1}
_PLAIN = 0


class LogBook:
    """Writes lines with time and name; a terminal that does not keep up loses lines, we do not."""

    def __init__(self, folder: Path, *, days_kept: int = DAYS_KEPT) -> None:
        """Write to ``kerong.log`` in the folder and to standard output.

        At midnight the day's file is packed and put aside; so many of these are kept.
        """
        self._handler = TimedRotatingFileHandler(
            folder / "kerong.log", when="midnight", backupCount=days_kept, encoding="utf-8"
        )
        self._handler.namer = lambda name: f"{name}.gz"
        self._handler.rotator = _pack
        self._handler.setFormatter(logging.Formatter("%(message)s"))
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def write(self, name: str, line: str) -> None:
        """Write one line of the child called ``name``."""
        now = time.strftime("%H:%M:%S")
        label = f"{name:<{_NAME_WIDTH}}"
        day = time.strftime("%Y-%m-%d")
        self._handler.handle(logging.makeLogRecord({"msg": f"{day} {now} {label} | {line}"}))
        if self._coloured:
            label = f"\033[{_COLOURS.get(name, _PLAIN)}m{label}\033[0m"
        self._show(f"{now} {label} | {line}")

    def close(self) -> None:
        """Close the file."""
        self._handler.close()

    def _show(self, text: str) -> None:
        data = text.encode("utf-8", errors="replace")[: _LINE_BYTES - 1] + b"\n"
        try:
            descriptor = sys.stdout.fileno()
            _, writable, _ = select.select([], [descriptor], [], 0)
            if writable:
                os.write(descriptor, data)
        except OSError:
            return  # the reader is gone; the file has the line


def _pack(source: str, packed: str) -> None:
    """Put a day's file aside, packed."""
    with open(source, "rb") as plain, gzip.open(packed, "ab") as target:  # noqa: PTH123
        shutil.copyfileobj(plain, target)
    os.unlink(source)  # noqa: PTH108 - the handler names files by text


class LineReader:
    """Cuts what a child writes into lines; a line without end is cut where it gets long."""

    def __init__(self, emit: Callable[[str], None]) -> None:
        """Hand each line to ``emit``."""
        self._emit = emit
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take what was read."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._pass(line)
        if len(self._rest) >= _LINE_BYTES:
            self.finish()

    def finish(self) -> None:
        """Pass on what is left without a line end."""
        if self._rest:
            self._pass(self._rest)
            self._rest = b""

    def _pass(self, line: bytes) -> None:
        text = line.decode("utf-8", errors="replace").rstrip()
        if text:
            self._emit(text)
