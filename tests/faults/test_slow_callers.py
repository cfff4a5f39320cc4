"""Callers who begin a request and do not end it, at a web server with a single thread."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.faults.running import CHECKOUT, ENVIRONMENT, free_port, wait_for

HEAD = b"POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def _is_open(port: int) -> bool:
    try:
        with _connect(port):
            return True
    except ConnectionRefusedError:
        return False


def _answer(caller: socket.socket) -> bytes:
    """Return the body of the answer, empty when the server just closed."""
    with caller:
        received = b"".join(iter(lambda: caller.recv(4096), b""))
    return received.rpartition(b"\r\n\r\n")[2]


@pytest.fixture
def port() -> Iterator[int]:
    """Serve on a port, with one thread and little patience."""
    port = free_port()
    options = ["--worker-class=tests.faults.hasty_web.HastyWorker", "--workers=1", "--threads=1"]
    command = [sys.executable, "-m", "gunicorn", "tests.faults.hasty_web:application", *options]
    server = subprocess.Popen(
        [*command, f"--bind=127.0.0.1:{port}", "--no-control-socket", "--log-level=error"],
        cwd=CHECKOUT,
        env=ENVIRONMENT,
    )
    assert wait_for(lambda: _is_open(port), 20)
    yield port
    server.terminate()
    server.wait(timeout=10)


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\nHo",
        HEAD + b"Content-Length: 500\r\n\r\n",
        HEAD + b"Content-Length: 500\r\n\r\n{",
    ],
)
def test_whoever_does_not_go_on_lets_the_next_one_in(port, beginning):
    with _connect(port) as idler:
        idler.sendall(beginning)
        time.sleep(0.2)
        started = time.monotonic()
        caller = _connect(port)
        caller.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

        assert _answer(caller) == b"2"
        assert time.monotonic() - started < 5


def test_a_body_has_time_by_its_length(port):
    caller = _connect(port)
    caller.sendall(HEAD + b"Content-Length: 3000\r\n\r\n")
    for _ in range(3):
        time.sleep(0.6)  # longer in all than a head may take
        caller.sendall(b"x" * 1000)

    assert _answer(caller) == b"3000"


def test_a_body_that_drips_is_cut_off(port):
    caller = _connect(port)
    caller.sendall(HEAD + b"Content-Length: 100\r\n\r\n")
    started = time.monotonic()
    while time.monotonic() - started < 2:
        try:
            caller.sendall(b"x")
        except ConnectionError:
            break
        time.sleep(0.1)

    assert time.monotonic() - started < 2
    caller.close()
