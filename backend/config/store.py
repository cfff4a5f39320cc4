"""Where short-lived counters are kept."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

_SECONDS_TO_WAIT = 0.2


def throttle_cache(broker_url: str) -> dict[str, Any]:
    """Return the cache for counters: the broker's own store when it is a Redis or Valkey.

    Counters have keys of their own and end within minutes. With another broker each process
    counts for itself, which lets through at most as many times the limit as there are processes.
    """
    location = _redis_location(broker_url)
    if location is None:
        return {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "throttle",
        }
    return {
        "BACKEND": "backend.web.counters.RedisCounters",
        "LOCATION": location,
        "KEY_PREFIX": "kerong-throttle",
        "OPTIONS": {
            "socket_timeout": _SECONDS_TO_WAIT,
            "socket_connect_timeout": _SECONDS_TO_WAIT,
        },
    }


def _redis_location(broker_url: str) -> str | None:
    """Translate the broker's address (``redis+socket://`` is Celery's own) for the client."""
    parts = urlsplit(broker_url)
    if parts.scheme in {"redis", "rediss"}:
        return broker_url
    if parts.scheme == "redis+socket":
        database = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        return f"unix://{parts.path}?db={database}"
    return None
