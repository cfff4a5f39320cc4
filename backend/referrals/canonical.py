"""The canonical form of what is signed and sent, and digests over it.

Keys in order of code point, UTF-8, no blanks, no floats: amounts are whole yuan, rates and ratios
decimal strings, dates ISO 8601. Equal content has equal bytes, on any machine and for ever.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

DEFAULT_ALGORITHM = "sha256"
# Another algorithm (SM3, for one) is another entry; every sheet names the one it was made with.
DIGESTS: dict[str, Callable[[bytes], str]] = {
    "sha256": lambda content: hashlib.sha256(content).hexdigest()
}


class Canonical(dict):
    """A mapping that is in canonical form already and need not be walked again."""


def canonical(content: Mapping[str, Any]) -> Canonical:
    """Return content in canonical form, for use as a part of larger content."""
    return Canonical(_plain(content))


def digest(content: bytes, algorithm: str = DEFAULT_ALGORITHM) -> str:
    """Return the digest in hexadecimal; KeyError names an algorithm that is not installed."""
    return DIGESTS[algorithm](content)


def write_canonical(content: Mapping[str, Any]) -> bytes:
    """Write content in canonical form; TypeError names what has no place in it."""
    text = json.dumps(
        _plain(content), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def decimal_text(value: float | Decimal) -> str:
    """Return the shortest decimal of a rate or ratio, never in exponents.

    >>> decimal_text(0.0385), decimal_text(Decimal("0.04500000")), decimal_text(1e-07)
    ('0.0385', '0.045', '0.0000001')
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if not exact.is_finite():
        raise TypeError(f"{value} is no number that can be sent")
    text = format(exact.normalize(), "f")
    return "0" if text == "-0" else text


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it in canonical form."""
    if isinstance(value, Canonical):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str | UUID):
        return str(value)
    if isinstance(value, float | Decimal):
        return decimal_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
