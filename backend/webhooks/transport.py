"""One signed request to a receiver that may be slow, hostile or gone.

It uses the engine of httpx itself (`httpcore`), because two promises are kept below what httpx
lets be chosen: the connection goes to an address that was checked, and no receiver holds a call
longer than its time, however it spreads its bytes. No redirect is followed, no proxy of the
environment is used, no compressed answer is asked for.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from backend.webhooks.addresses import (
    AddressRefusedError,
    NameNotFoundError,
    Resolver,
    Target,
    public_addresses,
    resolve,
)
from backend.webhooks.enums import ErrorKind
from backend.webhooks.models import LONGEST_REPLY

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_REPLY_BYTES = 64 * 1024
_IDLE_SECONDS = 5.0
_ADDRESSES_TRIED = 2
_USER_AGENT = "Kerong-Webhooks/1"

# The end of the call that a thread makes; connections are shared between calls and threads.
_call = threading.local()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request: an error kind, empty when the receiver accepted it."""

    error: ErrorKind | None
    duration_ms: int
    status_code: int | None = None
    retry_after: str | None = None
    reply: str = ""


class Channel:
    """The connections to one endpoint; may be used by several threads at a time.

    ``trust`` names the authorities of certificates, the public ones if omitted.
    """

    def __init__(
        self,
        target: Target,
        *,
        connections: int,
        resolver: Resolver = resolve,
        total_seconds: float = TOTAL_SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._target = target
        self._total_seconds = total_seconds
        self._pool = httpcore.ConnectionPool(
            ssl_context=(trust or _public_authorities()) if target.scheme == "https" else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=_GuardedBackend(resolver),
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send one message and read the answer, within the total time."""
        began = time.monotonic()
        _call.ends = began + self._total_seconds
        try:
            status, retry_after, reply = self._exchange(body, headers)
        except Exception as error:  # noqa: BLE001 - whatever a receiver causes is its outcome
            return Outcome(_kind_of(error), _milliseconds_since(began), reply=_text_of(error))
        return Outcome(_judge(status), _milliseconds_since(began), status, retry_after, reply)

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str | None, str]:
        with self._pool.stream(
            "POST",
            httpcore.URL(
                scheme=self._target.scheme.encode(),
                host=self._target.host.encode(),
                port=self._target.port,
                target=self._target.path.encode(),
            ),
            headers={
                "Host": self._target.host_header,
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                "Accept-Encoding": "identity",
                "User-Agent": _USER_AGENT,
                **headers,
            },
            content=body,
            extensions={
                "timeout": {
                    "connect": CONNECT_SECONDS,
                    "read": self._total_seconds,
                    "write": self._total_seconds,
                    "pool": self._total_seconds,
                }
            },
        ) as response:
            given = {name.lower(): value for name, value in response.headers}
            reply = _read_limited(response.iter_stream())
            retry_after = given.get(b"retry-after")
            return response.status, retry_after and retry_after.decode("latin-1"), reply


def _read_limited(chunks: Iterable[bytes]) -> str:
    """Return the clipped beginning of an answer; an endless one is cut off, not read."""
    begun, total = bytearray(), 0
    for chunk in chunks:
        begun += chunk[: 4 * LONGEST_REPLY - len(begun)]
        total += len(chunk)
        if total >= MOST_REPLY_BYTES:
            break
    return _printable(begun.decode("utf-8", errors="replace"))


def _printable(text: str) -> str:
    """Return what a page may show and the database can hold."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return kept.strip()[:LONGEST_REPLY]


def _text_of(error: Exception) -> str:
    """Return what went wrong; never where a name led, which would map the inner network."""
    if isinstance(error, AddressRefusedError | NameNotFoundError):
        return ""
    return _printable(f"{type(error).__name__}: {error}")


def _judge(status: int) -> ErrorKind | None:
    if 200 <= status < 300:
        return None
    if status == 410:
        return ErrorKind.GONE
    return ErrorKind.REDIRECT if 300 <= status < 400 else ErrorKind.STATUS


def _kind_of(error: BaseException) -> ErrorKind:
    """Name the failure; a broken handshake arrives as a connection error with its cause."""
    if isinstance(error, AddressRefusedError):
        return ErrorKind.REFUSED_ADDRESS
    if isinstance(error, NameNotFoundError):
        return ErrorKind.NAME
    if isinstance(error, httpcore.TimeoutException):
        return ErrorKind.TIMEOUT
    if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return ErrorKind.TLS
    if isinstance(error, httpcore.ProtocolError):
        return ErrorKind.PROTOCOL
    return ErrorKind.CONNECT


def _milliseconds_since(began: float) -> int:
    return round((time.monotonic() - began) * 1_000)


@cache
def _public_authorities() -> ssl.SSLContext:
    """Return the trust in public authorities, loaded once per process."""
    return httpcore.default_ssl_context()


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only, within the time of the thread's call."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, check every address, and connect to one of them by number."""
        addresses = public_addresses(host, port, resolver=self._resolver)[:_ADDRESSES_TRIED]
        for number, address in enumerate(addresses, start=1):
            try:
                stream = self._inner.connect_tcp(
                    address, port, _left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _TimedStream(stream)
        raise NameNotFoundError(host)


class _TimedStream(httpcore.NetworkStream):
    """Gives each step the rest of the call's time, so that dripping bytes win nothing."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands; the name is the endpoint's, so its certificate is checked against it."""
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(timeout))
        return _TimedStream(inner)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None) -> float:
    """Return the seconds for the next step: its own limit or the rest of the call's time."""
    left: float = _call.ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time for the whole call is over")
    return left if timeout is None else min(left, timeout)
