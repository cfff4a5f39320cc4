"""Sessions and API keys: both end as an `Actor` on the request."""

from datetime import datetime
from uuid import UUID

from django.http.request import HttpHeaders
from django.utils import timezone
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from backend.accounts import second_factor
from backend.accounts.models import User
from backend.accounts.selectors import digest_of, find_live_key
from backend.organizations.actors import resolve_actor
from backend.organizations.key_actors import find_actor_of_key

ORGANIZATION_HEADER = "X-Organization"
# Where WSGI puts it: looking there spares the reading of all headers.
_ORGANIZATION_KEY = HttpHeaders.to_wsgi_name(ORGANIZATION_HEADER)
CHALLENGE = 'Bearer realm="kerong"'


class KeyAuthentication(authentication.BaseAuthentication):
    """Accept ``Authorization: Bearer kr_…``; a revoked or expired key fails at once."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Return the key's user, or None when the request carries no key."""
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        digest = digest_of(words[1] if len(words) == 2 else b"")
        now = timezone.now()
        actor = digest and find_actor_of_key(
            digest, now=now, today=timezone.localdate(now), organization_id=_wanted(request)
        )
        if actor:
            request.actor = actor
            return actor.user, digest
        return self._without_actor(request, digest, now), digest

    def _without_actor(self, request: Request, digest: str | None, now: datetime) -> User:
        """Say what is missing: the key, the place asked for, or any place at all."""
        key = find_live_key(digest, now=now) if digest else None
        if key is None:
            raise AuthenticationFailed("接口密钥无效、已过期或已吊销。", code="invalid_key")
        attach_actor(request, key.user)
        return key.user

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a missing sign-in is a 401."""
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """Accept the portal's session, with CSRF protection."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the session's user, or None without one."""
        found = super().authenticate(request)
        if found is not None:
            attach_actor(request, found[0])
            _require_second_factor(request, found[0])
        return found

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a request that another site may have caused."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                "缺少或错误的 CSRF 令牌；请在 X-CSRFToken 请求头中带上 csrftoken Cookie 的值。",
                code="csrf_failed",
            ) from error

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, as for keys."""
        return CHALLENGE


def attach_actor(request: Request, user: User) -> None:
    """Put the actor on the request; None for a user who belongs to no active organization."""
    wanted = _wanted(request)
    actor = resolve_actor(user, today=timezone.localdate(), organization_id=wanted)
    if wanted and actor is None:
        raise PermissionDenied(
            f"您不是 {ORGANIZATION_HEADER} 所指机构的成员。", code="unknown_membership"
        )
    request.actor = actor


def _require_second_factor(request: Request, user: User) -> None:
    """Refuse a session that a password alone has opened, where that is not enough."""
    actor = request.actor
    if actor is None or user.is_verified():
        return
    if second_factor.is_required(actor) or second_factor.confirmed_device(user) is not None:
        raise PermissionDenied(
            "此会话尚未通过二次验证；请先在登录页完成，或使用接口密钥。",
            code="second_factor_required",
        )


def _wanted(request: Request) -> UUID | None:
    """Return the organization that the request wants to act for, when it says so."""
    text = request.META.get(_ORGANIZATION_KEY)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise PermissionDenied(
            f"{ORGANIZATION_HEADER} 应为机构的 id（UUID）。", code="unknown_membership"
        ) from error
