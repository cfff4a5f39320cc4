"""The second factor: one-time codes of an app on the person's phone, and codes on paper.

Who must have one is the affair of `is_required`; everybody may.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.accounts.models import User
from backend.common.errors import InvalidInput, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record

if TYPE_CHECKING:
    from backend.organizations.actors import Actor

PAPER_CODES = 8
_PAPER_CODE_BYTES = 5
_DEVICE_NAME = "验证器"


def is_required(actor: Actor) -> bool:
    """Tell whether the actor's role may work only after a second factor."""
    return actor.role.value in settings.SECOND_FACTOR_ROLES


def confirmed_device(user: User) -> TOTPDevice | None:
    """Return the app that a person has connected, None without one."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


@transaction.atomic
def begin_enrolment(*, user: User) -> TOTPDevice:
    """Return the app that waits to be confirmed, made anew when there is none."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if confirmed_device(user) is not None:
        raise StateConflict("already_enrolled", "已绑定验证器；如需更换，请先解除绑定。")
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return waiting or TOTPDevice.objects.create(user=user, name=_DEVICE_NAME, confirmed=False)


@transaction.atomic
def finish_enrolment(*, actor: Actor, code: str) -> tuple[TOTPDevice, list[str]]:
    """Connect the app after its first right code; returns it with codes to keep on paper.

    The codes on paper are shown once; each works once, for when the phone is lost.
    """
    user = User.objects.select_for_update().get(pk=actor.user.pk)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None:
        raise StateConflict("not_enrolling", "没有待绑定的验证器，请重新开始。")
    if not device.verify_token(code):
        raise wrong_code()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    StaticDevice.objects.filter(user=user).delete()
    paper = StaticDevice.objects.create(user=user, name="备用码")
    codes = [secrets.token_hex(_PAPER_CODE_BYTES) for _ in range(PAPER_CODES)]
    for text in codes:
        paper.token_set.create(token=text)
    _record(actor, is_enabled=True)
    return device, codes


@transaction.atomic
def remove_device(*, actor: Actor) -> None:
    """Disconnect the app and forget the codes on paper, on the person's own wish."""
    user = User.objects.select_for_update().get(pk=actor.user.pk)
    if confirmed_device(user) is None:
        raise StateConflict("not_enrolled", "没有绑定验证器。")
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    _record(actor, is_enabled=False)


def wrong_code() -> InvalidInput:
    """Refuse a code in the same words whatever is wrong with it."""
    return InvalidInput.of("code", "wrong_code", "验证码不正确或已过期，请用验证器上的最新一组。")


def _record(actor: Actor, *, is_enabled: bool) -> None:
    record(
        EventType.SECOND_FACTOR_CHANGED,
        subject=actor.user,
        actor=actor,
        payload={"user": str(actor.user.public_id), "is_enabled": is_enabled},
    )
