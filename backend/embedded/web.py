"""The address the platform answers on."""

import errno
import http.client
import socket
from contextlib import suppress

from backend.embedded.errors import UnusableError

_BACKLOG = 256
_ANY = {"0.0.0.0", "::", ""}  # noqa: S104 - recognised, not bound
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def listen(host: str, port: int) -> socket.socket:
    """Take the port and listen; callers wait in the queue until the web server picks them up.

    Raises UnusableError when the address is taken or not one of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise UnusableError(f"无法识别地址 {host!r}；--host 应为本机的名称或 IP 地址。") from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise UnusableError(_why_not(error, host, port)) from error
    return listener


def shown_address(listener: socket.socket) -> str:
    """Return the address to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if host in _ANY:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def allowed_hosts(listener: socket.socket, given: str) -> str:
    """Return the host names under which the platform may be called: the given and its own."""
    host = listener.getsockname()[0]
    own = socket.gethostname() if host in _ANY else f"[{host}]" if ":" in host else host
    names = (name.strip() for name in given.split(","))
    return ",".join(dict.fromkeys((*filter(None, names), *_LOOPBACK, own)))


class FirstAnswer:
    """Asks for the health page and tells, without waiting, whether it has answered well."""

    def __init__(self, listener: socket.socket) -> None:
        """Ask on the address that ``listener`` holds."""
        host, self._port = listener.getsockname()[:2]
        self._host = "127.0.0.1" if host in _ANY else host
        self._socket: socket.socket | None = None

    def has_come(self) -> bool:
        """Tell whether the health page answered 200; ask again when it did not."""
        try:
            if self._socket is None:
                self._socket = self._ask()
            answer = self._socket.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        self.close()
        return answer.split(b" ")[1:2] == [str(http.client.OK).encode()]

    def close(self) -> None:
        """Give up the connection."""
        if self._socket:
            with suppress(OSError):
                self._socket.close()
            self._socket = None

    def _ask(self) -> socket.socket:
        connection = socket.create_connection((self._host, self._port), timeout=1)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        connection.setblocking(False)
        return connection


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被其他程序占用；请用 --port 指定其他端口"
            f"（例如 kerong up --port {port + 1}），或停止占用它的程序。"
        )
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}；请用 --port 指定 1024 以上的端口。"
    return f"无法在 {host}:{port} 上监听：{error.strerror}。"
