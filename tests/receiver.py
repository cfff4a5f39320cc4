"""A system of an institution that tests send webhooks to: polite, or as nasty as one likes."""

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import trustme

_DRIPS = 200
_CHUNK = b"x" * 65_536


class Request(BaseHTTPRequestHandler):
    """One request; `behaviour` of the receiver answers it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def do_POST(self) -> None:
        """Keep what came, then behave."""
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.receiver.note(self)
        self.server.receiver.behaviour(self)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True
    receiver: "Receiver"

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is what these tests are about."""


class Receiver:
    """Listens on the loopback while the block lasts and remembers what it was sent."""

    def __init__(self, *, port: int = 0, certificate: "trustme.LeafCert | None" = None) -> None:
        self.behaviour: Callable[[Request], None] = accept
        self.requests: list[tuple[float, dict[str, str], bytes]] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), Request)
        self._server.receiver = self
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/kerong"

    def note(self, request: Request) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._lock:
            self.requests.append((time.monotonic(), headers, request.body))

    def times_by_id(self) -> Counter[str]:
        """Return how often each webhook-id came."""
        with self._lock:
            return Counter(headers["webhook-id"] for _, headers, _ in self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def accept(request: Request) -> None:
    """Answer 200."""
    request.answer(200, b"ok")


def answering(status: int, body: bytes = b"", **headers: str) -> Callable[[Request], None]:
    """Answer always the same."""
    return lambda request: request.answer(status, body, **headers)


def hang(request: Request) -> None:
    """Say nothing until the caller hangs up."""
    request.connection.settimeout(30)
    with_nothing = request.connection.recv(1)
    request.close_connection = not with_nothing


def drip_headers(request: Request) -> None:
    """Send a header byte by byte, never an end."""
    _drip(request, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * _DRIPS)


def drip_body(request: Request) -> None:
    """Send the body byte by byte."""
    request.send_response(200)
    request.send_header("Content-Length", str(_DRIPS))
    request.end_headers()
    _drip(request, b"a" * _DRIPS)


def flood(request: Request) -> None:
    """Send 100 MB."""
    request.send_response(200)
    request.send_header("Content-Length", str(100 * 1024 * 1024))
    request.end_headers()
    for _ in range(1_600):
        request.wfile.write(_CHUNK)


def _drip(request: Request, data: bytes) -> None:
    request.close_connection = True
    for byte in data:
        try:
            request.wfile.write(bytes([byte]))
        except OSError:
            return
        time.sleep(0.1)


def refused_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
