"""Pressing a button twice has one effect."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

FIELD = "press"
_COOKIE = "done"
_LONGEST = 100
_TOKEN = re.compile(r"[0-9A-Za-z_-]+")
_KEY = "pressed"
_REMEMBERED = 20


@dataclass(slots=True)
class Press:
    """One press of a form's button: ``before`` is where an earlier one of the same form led."""

    before: str | None
    target: str = "/"

    def lead_to(self, target: str) -> None:
        """Say where the effect leads."""
        self.target = target


def new_token() -> str:
    """Return what tells a form that was shown from every other."""
    return uuid4().hex


def tell_taken_in(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell the browser which form was taken in, so that it need not keep what was typed."""
    token = request.POST.get(FIELD, "")[:_LONGEST]
    if _TOKEN.fullmatch(token):
        response.set_cookie(
            _COOKIE,
            token,
            max_age=60,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


@contextmanager
def pressed(request: HttpRequest) -> Iterator[Press]:
    """Hold other presses of the same form until this one has taken effect or failed.

    The session remembers where the last forms led; it is written while the lock is held.
    """
    token = request.POST.get(FIELD, "")[:_LONGEST]
    with transaction.atomic():
        if not token:
            yield Press(before=None)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [token])
        stored = type(request.session)(request.session.session_key).load().get(_KEY, {})
        before = stored.get(token)
        press = Press(before=before, target=before or "/")
        yield press
        if before is None:
            kept = dict(list(stored.items())[-_REMEMBERED + 1 :])
            request.session[_KEY] = kept | {token: press.target}
            request.session.save()
