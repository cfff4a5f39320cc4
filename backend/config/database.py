"""Turns DATABASE_URL into Django's connection settings."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_STATEMENT_TIMEOUT_MS = 30_000


def from_url(url: str, *, pool_max: int) -> dict[str, Any]:
    """Read ``postgresql://user:password@host:port/name?host=/socket/folder``.

    A socket folder may stand in the query, as libpq takes it. ``pool_max`` = 0 switches the
    connection pool off.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {parts.scheme!r}; it must begin with 'postgresql://'."
        )
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {
        "options": f"-c statement_timeout={_STATEMENT_TIMEOUT_MS} -c timezone=UTC",
    }
    if pool_max:
        options["pool"] = {"min_size": 0, "max_size": pool_max, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or (str(parts.port) if parts.port else ""),
        "CONN_HEALTH_CHECKS": not pool_max,
        "CONN_MAX_AGE": 0 if pool_max else 60,
        "OPTIONS": options,
    }
