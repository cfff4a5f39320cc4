"""Reads EMAIL_URL: whether mails are sent, and through which server."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TIMEOUT_SECONDS = 20
_BACKENDS = "django.core.mail.backends"
_SMTP = {
    # scheme: (port, TLS from the beginning, STARTTLS)
    "smtp": (25, False, False),
    "smtp+tls": (587, False, True),
    "smtps": (465, True, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails go; ``folder`` is for those that are only written down."""

    backend: str
    is_enabled: bool = True
    folder: str | None = None
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_ssl: bool = False
    use_tls: bool = False


def from_url(url: str) -> MailServer:
    """Read where mails go.

    ``smtp://``, ``smtp+tls://`` (STARTTLS) or ``smtps://user:password@host:port``;
    ``file:///folder`` writes mails into files; empty sends nothing.
    """
    if not url:
        return MailServer(backend=f"{_BACKENDS}.dummy.EmailBackend", is_enabled=False)
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        folder = unquote(parts.path)
        return MailServer(backend=f"{_BACKENDS}.filebased.EmailBackend", folder=folder)
    if parts.scheme not in _SMTP or not parts.hostname or not _has_good_port(parts):
        known = ", ".join(f"{scheme}://host:port" for scheme in _SMTP)
        # Without the rest of the address, which may hold a password.
        raise ImproperlyConfigured(
            f"EMAIL_URL begins with {parts.scheme!r} and cannot be read; give {known} "
            "or file:///folder."
        )
    port, use_ssl, use_tls = _SMTP[parts.scheme]
    return MailServer(
        backend=f"{_BACKENDS}.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=use_ssl,
        use_tls=use_tls,
    )


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
