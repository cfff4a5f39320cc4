"""A caller of a running platform that notes how long each answer took."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any

LONGEST_WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; status 0 stands for a connection that broke."""

    status: int
    seconds: float
    headers: dict[str, str]
    body: Any
    ended_at: float


class Caller:
    """Calls with a key over one connection, which it opens anew when it breaks."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Answer:
        """Send a body to an address below the API and return the answer."""
        began = time.monotonic()
        try:
            status, given, text = self._ask(path, json.dumps(body), headers)
        except (OSError, http.client.HTTPException):
            self.close()
            status, given, text = 0, {}, b""
        ended = time.monotonic()
        kind = given.get("content-type", "")
        content = json.loads(text) if "json" in kind and text else None
        return Answer(status, ended - began, given, content, ended)

    def close(self) -> None:
        """Give up the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, path: str, body: str, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=LONGEST_WAIT_SECONDS
            )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request("POST", f"/api/v1/{path}", body, {**self._headers, **named})
        answer = self._connection.getresponse()
        given = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, given, answer.read()
