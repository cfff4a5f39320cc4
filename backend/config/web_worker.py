"""The web server's worker, which waits for no request forever.

Gunicorn's threads read head and body as they come. A few callers who begin a request and never
end it would keep all threads to themselves, without having signed in.
"""

import gc
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

_LOOK_EVERY_SECONDS = 0.5
_YOUNG_OBJECTS = 20_000
_YOUNGER_COLLECTIONS = (20, 50)


class ReadDeadlines:
    """Ends the reading of what did not arrive in time; what is missing then reads as its end."""

    def __init__(self) -> None:
        self._due: dict[socket.socket, float] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Look at the clock from now on, in one thread for all connections."""
        threading.Thread(target=self._watch, name="read-deadlines", daemon=True).start()

    def put(self, connection: socket.socket, seconds: float) -> None:
        """Give a connection so much time from now, in place of what it had."""
        with self._lock:
            self._due[connection] = time.monotonic() + seconds

    def lift(self, connection: socket.socket) -> None:
        """Let a connection be."""
        with self._lock:
            self._due.pop(connection, None)

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            self._end_overdue(time.monotonic())

    def _end_overdue(self, now: float) -> None:
        # Under the lock, so that nobody closes a connection and reuses its number meanwhile.
        with self._lock:
            for connection in [one for one, due in self._due.items() if due <= now]:
                del self._due[connection]
                with suppress(OSError):  # the caller has gone
                    connection.shutdown(socket.SHUT_RD)


class DeadlineThreadWorker(ThreadWorker):
    """Gunicorn's threaded worker; a head has some seconds, a body as long as a slow line takes."""

    seconds_to_begin = 5.0
    slowest_bytes_per_second = 100_000

    def init_process(self) -> None:
        """Start the clock in the worker's own process, then serve."""
        _collect_seldom()
        self._deadlines = ReadDeadlines()
        self._deadlines.start()
        super().init_process()

    def handle(self, conn: TConn) -> Any:
        """Read and answer one request; its head has to come in time."""
        connection = conn.sock
        self._deadlines.put(connection, self.seconds_to_begin)
        try:
            return super().handle(conn)
        finally:
            self._deadlines.lift(connection)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request whose head is there; its body has time by its length."""
        length = _announced_length(req)
        if length:
            self._deadlines.put(
                conn.sock, self.seconds_to_begin + length / self.slowest_bytes_per_second
            )
        else:
            self._deadlines.lift(conn.sock)
        return super().handle_request(req, conn)


def _collect_seldom() -> None:
    """Leave what was loaded before the first request out of every later collection.

    Sending a list of 10,000 rows spent a fifth of its time on looking through objects of which
    hardly any can be collected.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *_YOUNGER_COLLECTIONS)


def _announced_length(req: Any) -> int:
    """Return the body's length; gunicorn has refused heads whose length is no number."""
    return next((int(value) for name, value in req.headers if name == "CONTENT-LENGTH"), 0)
