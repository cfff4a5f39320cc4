"""Reads of accounts and keys."""

from datetime import datetime

from knox.crypto import hash_token

from backend.accounts.models import ApiKey

_LONGEST_TOKEN = 200


def find_live_key(token: bytes, *, now: datetime) -> ApiKey | None:
    """Find the key that a token opens, with its user; None when it opens nothing.

    The token is long and random, so its hash can be looked up directly: one query, and timing
    tells nothing about other keys.
    """
    if not token.isascii() or not 0 < len(token) <= _LONGEST_TOKEN:
        return None
    digest = hash_token(token.decode("ascii"))
    return ApiKey.objects.live(now).select_related("user").filter(digest=digest).first()
