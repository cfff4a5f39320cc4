"""What a person wants by mail, and where to."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from backend.accounts.models import User
from backend.common.errors import InvalidInput
from backend.notifications.enums import MailChoice
from backend.notifications.models import MailPreference
from backend.notifications.registry import MESSAGES

ADDRESS_MAX_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's choice; ``required`` names the messages that come whatever they chose."""

    mail: str
    email: str
    required: tuple[str, ...]


def get_preference(user: User) -> Preference:
    """Return what a person wants; whoever has chosen nothing gets everything."""
    chosen = MailPreference.objects.filter(user=user).first()
    return Preference(
        mail=chosen.mail if chosen else MailChoice.URGENT,
        email=user.email,
        required=tuple(dict.fromkeys(one.title for one in MESSAGES.values() if one.is_required)),
    )


@transaction.atomic
def set_preference(*, user: User, mail: str | None = None, email: str | None = None) -> Preference:
    """Change what a person wants by mail, and their address; an empty one stops all mail."""
    if email is not None:
        user = User.objects.select_for_update().get(pk=user.pk)
        user.email = check_address(email)
        user.save(update_fields=["email"])
    if mail is not None:
        MailPreference.objects.update_or_create(user=user, defaults={"mail": mail})
    return get_preference(user)


def check_address(email: str) -> str:
    """Return a mail address that can stand in a header, or refuse it."""
    email = email.strip()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput.of(
            "email", "not_an_address", "邮箱地址无法识别，应类似 name@example.com。"
        ) from error
    return email
