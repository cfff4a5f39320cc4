"""Where messages may go: public addresses only, whatever a name says or becomes.

An institution chooses the address and the platform calls it from inside its own network; so a
name is resolved once, every answer must be a public address, and the call goes to one of these.
"""

import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from backend.common.errors import InvalidInput
from backend.webhooks.models import LONGEST_URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

RESOLVE_SECONDS = 4.0
_askers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="webhook-names")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_LONGEST_HOST = 253
# IANA's registries of special addresses, beyond what the standard library of every supported
# Python calls "not global"; and all addresses that carry another address inside.
_REFUSED_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, benchmarking, ORCHID and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


class AddressRefusedError(Exception):
    """A name leads to an address that is not public."""


class NameNotFoundError(Exception):
    """A name leads nowhere."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, so that nobody reads it a second time and otherwise."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """How the request names the host."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"


def parse_url(url: str) -> Target:
    """Take an endpoint's address apart.

    Raises InvalidInput unless it is an https address on an allowed port without user name and
    fragment; where the settings allow loopback, http and any port are accepted as well.
    """
    parts = _split(url)
    loopback_allowed = settings.WEBHOOK_ALLOW_LOOPBACK
    if parts.scheme != "https" and not (loopback_allowed and parts.scheme == "http"):
        raise _refusal("scheme_not_allowed", "地址应以 https:// 开头。")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise _refusal("userinfo_not_allowed", "地址中不能含用户名或密码。")
    if "#" in url:
        raise _refusal("fragment_not_allowed", "地址中不能含“#”。")
    port = parts.port if parts.port is not None else _DEFAULT_PORTS[parts.scheme]
    if port not in settings.WEBHOOK_PORTS and not loopback_allowed:
        allowed = "、".join(map(str, settings.WEBHOOK_PORTS))
        raise _refusal("port_not_allowed", f"端口 {port} 不可用；可用：{allowed}。")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, _host_of(parts), port, path)


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL:
        raise _refusal("too_long", f"共 {len(url)} 字符，最多 {LONGEST_URL} 字符。")
    # urlsplit drops tabs and line breaks silently; a backslash is a slash to some readers.
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\"<>^`{|}'):
        raise _refusal("bad_character", "地址只能含 ASCII 字符，且不能有空格、反斜杠等。")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise _refusal("malformed", "地址无法识别，例如 https://bank.example/kerong。") from error
    return parts


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host or len(host) > _LONGEST_HOST or "%" in host or ".." in host:
        raise _refusal("host_missing", "地址中没有可用的域名。")
    return host


def _refusal(code: str, message: str) -> InvalidInput:
    return InvalidInput.of("url", code, message)


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver; it also reads the odd ways of writing an IPv4 address.

    It has no time limit of its own, so the question is put in a thread that may be left behind.
    """
    answer = _askers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = answer.result(timeout=RESOLVE_SECONDS)
    except (OSError, UnicodeError, TimeoutError) as error:
        answer.cancel()
        raise NameNotFoundError(host) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def public_addresses(host: str, port: int, *, resolver: Resolver = resolve) -> list[str]:
    """Resolve a host once and return its addresses; all of them must be public.

    Raises NameNotFoundError, or AddressRefusedError when a single one is not. Where the settings
    allow loopback, a host that leads to nothing else is accepted.
    """
    addresses = resolver(host, port)
    if not addresses:
        raise NameNotFoundError(host)
    if settings.WEBHOOK_ALLOW_LOOPBACK and all(map(_is_loopback, addresses)):
        return addresses
    for address in addresses:
        if not is_public(address):
            raise AddressRefusedError(f"{host} -> {address}")
    return addresses


def is_public(text: str) -> bool:
    """Tell whether an address belongs to the public internet and carries no other inside."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # a zone, or no address at all
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_4)
    return address in _GLOBAL_UNICAST_6 and not any(address in net for net in _REFUSED_6)


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def check_url(url: str, *, resolver: Resolver = resolve) -> None:
    """Refuse an address that messages may not go to, or that leads nowhere now."""
    target = parse_url(url)
    try:
        public_addresses(target.host, target.port, resolver=resolver)
    except NameNotFoundError as error:
        raise _refusal("name_not_found", f"域名 {target.host} 无法解析。") from error
    except AddressRefusedError as error:
        raise _refusal("address_not_allowed", "该地址不在公网，不能作为推送地址。") from error
