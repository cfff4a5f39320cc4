"""Turns DATABASE_URL into Django's connection settings."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_SESSION = {
    "statement_timeout": 30_000,  # ms
    "timezone": "UTC",
    # A prepared statement looks up keys: planning it anew each time costs more than running it.
    "plan_cache_mode": "force_generic_plan",
}
# Switches preparing on; so high that only those statements are prepared that ask for it.
_PREPARE_THRESHOLD = 2**31


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
        "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
        "prepare_threshold": _PREPARE_THRESHOLD,
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
