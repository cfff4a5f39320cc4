"""Changes to API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from backend.accounts.models import ApiKey, User
from backend.accounts.passwords import check_password
from backend.common.errors import InvalidInput, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

DEFAULT_DAYS = 90
LONGEST_DAYS = 365
MOST_KEYS_PER_USER = 20


@transaction.atomic
def create_key(
    *, actor: Actor | None, user: User, name: str = "", days: int = DEFAULT_DAYS
) -> tuple[ApiKey, str]:
    """Make a key for a user and return it with its secret, which is shown once and not kept.

    ``actor`` is None on the command line. A key lives at most a year.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput.of(
            "days", "out_of_range", f"有效天数 {days} 不可用；应为 1–{LONGEST_DAYS}。"
        )
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise StateConflict("user_inactive", f"账号 {user.username} 已停用。")
    if user.auth_token_set.count() >= MOST_KEYS_PER_USER:
        raise StateConflict(
            "too_many_keys", f"每个账号最多 {MOST_KEYS_PER_USER} 个密钥；请先删除不用的。"
        )
    key, token = ApiKey.objects.create(user, expiry=timedelta(days=days), name=name)
    record(
        EventType.KEY_CREATED,
        subject=key,
        actor=actor,
        payload={"user": str(user.public_id), "days": days},
    )
    return key, token


@transaction.atomic
def revoke_key(*, actor: Actor, key: ApiKey) -> None:
    """Delete one of one's own keys; it is refused from the next request on."""
    key = ApiKey.objects.visible_to(actor).select_for_update().filter(pk=key.pk).first()
    if key is None:
        raise StateConflict("key_already_revoked", "此密钥已吊销。")
    record(
        EventType.KEY_REVOKED,
        subject=key,
        actor=actor,
        payload={"user": str(actor.user.public_id)},
    )
    key.delete()


@transaction.atomic
def change_password(*, actor: Actor, present: str, password: str) -> User:
    """Give the account a new password; all its other sessions end with the old one."""
    user = User.objects.select_for_update().get(pk=actor.user.pk)
    if not user.check_password(present):
        raise InvalidInput.of("present", "wrong_password", "现用密码不正确。")
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(
        EventType.PASSWORD_CHANGED,
        subject=user,
        actor=actor,
        payload={"user": str(user.public_id)},
    )
    return user
