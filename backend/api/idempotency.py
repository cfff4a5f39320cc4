"""Gives a POST with an Idempotency-Key its effect once, however often it is sent."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from psycopg.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.exceptions import IdempotencyKeyReused, MalformedBody, RequestInProgress
from backend.api.models import IdempotentRequest
from backend.common.retention import delete_in_batches

if TYPE_CHECKING:
    from backend.api.viewsets import ResourceViewSet

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
_MAX_KEY_LENGTH = 200
_WAIT_SECONDS = 10
_KEPT_HEADERS = ("ETag", "Location", "WWW-Authenticate")


def idempotency_key(request: Request) -> str | None:
    """Return the request's key, None without one."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= _MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise MalformedBody(
            f"{KEY_HEADER} 应为 1–{_MAX_KEY_LENGTH} 个可打印的 ASCII 字符。",
            code="malformed_idempotency_key",
        )
    return key


def answer_once(
    view: "ResourceViewSet", key: str, handle: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Run a handler and keep its answer under the key, or repeat the answer kept before.

    Claim, effect and answer are one transaction: a server that dies leaves none of them, and
    requests that arrive meanwhile wait and repeat. Refusals are kept like successes; failures
    of the platform itself (5xx) are not.
    """
    request = view.request
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not _claim(request, key, fingerprint):
            return _repeat(request, key, fingerprint)
        response = _run(view, handle)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        else:
            _keep(request, key, response, secret_fields=view.secret_fields)
        return response


def _run(view: "ResourceViewSet", handle: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        with transaction.atomic():
            return handle()
    except Exception as error:  # noqa: BLE001 - the view's own handler decides; a defect goes on
        return view.handle_exception(error)


def _claim(request: Request, key: str, fingerprint: str) -> bool:
    """Insert the key's row; False when a finished request holds it already.

    While another request is at work with the key, the insertion waits for its end.
    """
    table = IdempotentRequest._meta.db_table
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'")
            cursor.execute(
                f"INSERT INTO {table}"  # noqa: S608 - the table's name is our own
                " (user_id, key, fingerprint, created_at, content_type, headers, body)"
                " VALUES (%s, %s, %s, %s, '', '{}', '') ON CONFLICT (user_id, key) DO NOTHING",
                [request.user.pk, key, fingerprint, timezone.now()],
            )
            claimed = cursor.rowcount == 1
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise RequestInProgress from error
        raise
    return claimed


def _repeat(request: Request, key: str, fingerprint: str) -> HttpResponse:
    kept = IdempotentRequest.objects.filter(user=request.user, key=key).first()
    if kept is None:
        raise RequestInProgress  # purged between the two statements
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return HttpResponse(
        bytes(kept.body),
        status=kept.status,
        content_type=kept.content_type,
        headers={**kept.headers, REPLAYED_HEADER: "true"},
    )


def _keep(
    request: Request, key: str, response: HttpResponseBase, *, secret_fields: tuple[str, ...]
) -> None:
    IdempotentRequest.objects.filter(user=request.user, key=key).update(
        status=response.status_code,
        content_type=_content_type(response),
        headers={
            name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
        },
        body=_body(response, secret_fields),
    )


def _content_type(response: HttpResponseBase) -> str:
    if isinstance(response, Response):  # not rendered yet: its header is still Django's default
        return response.content_type or JSONRenderer.media_type
    return response.headers["Content-Type"]


def _body(response: HttpResponseBase, secret_fields: tuple[str, ...]) -> bytes:
    if not isinstance(response, Response):
        return response.content
    data = response.data
    if secret_fields and isinstance(data, dict):
        data = {name: None if name in secret_fields else value for name, value in data.items()}
    return JSONRenderer().render(data)


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256()
    organization = request.actor.organization.public_id
    head = [request.method, request.get_full_path(), str(organization)]
    for part in (json.dumps(head).encode(), *_body_parts(request)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _body_parts(request: Request) -> Iterator[bytes]:
    """Yield what makes the body; of an upload the parts, since its boundary differs each time."""
    if not (request.content_type or "").startswith("multipart/"):
        yield request.body
        return
    for name in sorted(request.data):
        for value in request.data.getlist(name):
            yield name.encode()
            if hasattr(value, "chunks"):
                yield from (value.name.encode(), *value.chunks())
                value.seek(0)
            else:
                yield str(value).encode()


def purge_idempotent_requests(*, now: datetime) -> int:
    """Forget answers to keyed requests after a day, or as long as is set; return how many."""
    since = now - timedelta(hours=settings.KEEP_IDEMPOTENCY_HOURS)
    return delete_in_batches(IdempotentRequest.objects.filter(created_at__lt=since))
