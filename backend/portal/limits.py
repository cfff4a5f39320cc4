"""How often somebody unknown may press a button."""

from django.http import HttpRequest

from backend.web.clients import address_of
from backend.web.windows import count_in_window


def is_too_often(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Count a press from an address; True when the window's share is used up."""
    number, _ = count_in_window(f"{what}:{address_of(request)}", seconds=seconds)
    return number > most
