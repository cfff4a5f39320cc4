"""What a password has to be; every problem is named."""

from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from backend.accounts.models import User
from backend.common.errors import InvalidInput

_SAID: Final = {
    "password_too_short": "密码太短，至少 {min_length} 位",
    "password_too_common": "密码过于常见，请换一个",
    "password_entirely_numeric": "密码不能只用数字",
    "password_too_similar": "密码与您的用户名、姓名等过于相近",
}


def check_password(password: str, user: User) -> None:
    """Refuse a password that is short, common or made of the account's own words."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = "；".join(_say(one) for one in error.error_list)
        raise InvalidInput.of("password", "weak_password", f"{said}。") from error


def _say(error: ValidationError) -> str:
    """Say it in the words of the platform: the framework's are not translated throughout."""
    text = _SAID.get(error.code or "")
    return text.format(**(error.params or {})) if text else error.messages[0].rstrip("。.")
