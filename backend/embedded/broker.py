"""A Valkey of our own as Celery's broker: socket only, append-only file, nothing evicted."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from backend.embedded.process import Launch


@dataclass(frozen=True)
class BrokerServer:
    """One server: its program, the folder of its files and the folder of its socket."""

    program: Path
    files: Path
    sockets: Path
    name: ClassVar[str] = "broker"

    @property
    def url(self) -> str:
        """The address for BROKER_URL."""
        return f"redis+socket://{self._socket}?virtual_host=0"

    def prepare(self) -> None:
        """Do nothing: the server reads its files and takes over its socket by itself."""

    def launch(self) -> Launch:
        """Say how to start the server."""
        settings = {
            "port": "0",
            "unixsocket": os.fspath(self._socket),
            "unixsocketperm": "700",
            "dir": os.fspath(self.files),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        options = (part for key, value in settings.items() for part in (f"--{key}", value))
        return Launch(
            name=self.name,
            argv=(os.fspath(self.program), *options),
            directory=self.files,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        )

    def is_ready(self) -> bool:
        """Tell whether the server has read its files and answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(os.fspath(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def _socket(self) -> Path:
        return self.sockets / "valkey.sock"
