"""Reads of accounts and keys."""

from datetime import datetime

from knox.crypto import hash_token

from backend.accounts.models import ApiKey

_LONGEST_TOKEN = 200


def digest_of(token: bytes) -> str | None:
    """Return what is stored of a key; None for what can be no key."""
    if not token.isascii() or not 0 < len(token) <= _LONGEST_TOKEN:
        return None
    return hash_token(token.decode("ascii"))


def find_live_key(digest: str, *, now: datetime) -> ApiKey | None:
    """Find a key that opens the door now, with its user.

    Keys are long and random, so a hash can be looked up directly: timing tells nothing.
    """
    return ApiKey.objects.live(now).select_related("user").filter(digest=digest).first()
