"""What a password has to be; every problem is named."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from backend.accounts.models import User
from backend.common.errors import InvalidInput


def check_password(password: str, user: User) -> None:
    """Refuse a password that is short, common or made of the account's own words."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput.of("password", "weak_password", "；".join(error.messages)) from error
