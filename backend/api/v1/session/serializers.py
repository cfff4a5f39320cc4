"""What goes in."""

from backend.api.fields import TextField
from backend.api.serializers import StrictSerializer


class SignInInput(StrictSerializer):
    """A name and a password."""

    username = TextField(max_length=150)
    password = TextField(max_length=1_000, trim_whitespace=False)
