"""Typed readers of environment variables that refuse nonsense loudly."""

import os

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """Read a text; without a default the variable must be set and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return default


def flag(name: str, *, default: bool) -> bool:
    """Read a switch: 1/true/yes/on or 0/false/no/off."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither true nor false; use 1 or 0.")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """Read a whole number not below ``minimum``."""
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from error
    if value < minimum:
        raise ImproperlyConfigured(f"{name}={value} is below {minimum}.")
    return value


def words(name: str, default: str | None = None) -> list[str]:
    """Read a list separated by commas; blanks are dropped, and without a default one is needed."""
    return [word for part in text(name, default).split(",") if (word := part.strip())]


def ports(name: str, default: str) -> list[int]:
    """Read a list of TCP ports separated by commas."""
    found = words(name, default)
    wrong = [word for word in found if not (word.isascii() and word.isdigit())]
    if wrong or not all(0 < int(word) < 65_536 for word in found):
        raise ImproperlyConfigured(
            f"{name}={','.join(found)!r} is no list of ports from 1 to 65535."
        )
    return [int(word) for word in found]
