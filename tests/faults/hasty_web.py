"""A web server of one thread that waits briefly, and an application that counts what it is sent."""

from collections.abc import Callable, Iterable
from typing import Any

from backend.config.web_worker import DeadlineThreadWorker


class HastyWorker(DeadlineThreadWorker):
    """Waits as briefly as a test wants to."""

    seconds_to_begin = 0.5
    slowest_bytes_per_second = 1_000


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """Answer with the number of bytes that came as the body."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer = str(len(body)).encode()
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
