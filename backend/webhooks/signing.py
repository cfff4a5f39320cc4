"""Signing secrets and signatures by Standard Webhooks.

A secret is derived from the platform's own key, the endpoint and a salt, and stored nowhere:
whoever reads a copy of the database can sign nothing.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from standardwebhooks import Webhook

from backend.webhooks.models import WebhookEndpoint, WebhookSecret

PREFIX = "whsec_"
_CONTEXT = b"kerong webhook signing secret v1"
_SALT_BYTES = 16


class SecretUnavailableError(Exception):
    """The platform's key is another one than the secret was derived with."""


def new_secret(endpoint: WebhookEndpoint, *, now: datetime) -> tuple[WebhookSecret, str]:
    """Return an unsaved row and the secret as its owner enters it, which is shown once."""
    salt = secrets.token_bytes(_SALT_BYTES)
    secret = _derive(_keys()[0], endpoint, salt)
    row = WebhookSecret(endpoint=endpoint, salt=salt, digest=_digest(secret), created_at=now)
    return row, PREFIX + base64.b64encode(secret).decode()


def live_secrets(
    endpoint: WebhookEndpoint, rows: Iterable[WebhookSecret], *, now: datetime
) -> list[bytes]:
    """Return the secrets that sign at a moment, the current one first.

    Raises SecretUnavailableError when the current one cannot be derived any more.
    """
    live = [row for row in rows if row.valid_until is None or now < row.valid_until]
    live.sort(key=lambda row: row.valid_until is not None)
    return [_recover(endpoint, row) for row in live]


def signed_headers(
    *, webhook_id: str, body: str, secrets_: Iterable[bytes], now: datetime
) -> dict[str, str]:
    """Return the three headers of an attempt, with one signature per secret."""
    moment = now.astimezone(UTC)  # the library reads the clock's face, whatever the zone
    signatures = [Webhook(secret).sign(webhook_id, moment, body) for secret in secrets_]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _recover(endpoint: WebhookEndpoint, row: WebhookSecret) -> bytes:
    for key in _keys():
        secret = _derive(key, endpoint, bytes(row.salt))
        if hmac.compare_digest(_digest(secret), bytes(row.digest)):
            return secret
    raise SecretUnavailableError(f"No key of the platform yields the secret of {endpoint.pk}.")


def _keys() -> list[str]:
    """Return the platform's keys: the first makes new secrets, the others still recover old."""
    return settings.WEBHOOK_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _derive(key: str, endpoint: WebhookEndpoint, salt: bytes) -> bytes:
    message = _CONTEXT + endpoint.public_id.bytes + salt
    return hmac.new(key.encode(), message, hashlib.sha256).digest()


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
