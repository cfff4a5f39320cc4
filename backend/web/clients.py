"""Where a request comes from."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle


def address_of(request: HttpRequest) -> str:
    """Return the caller's address, behind as many proxies as ``NUM_PROXIES`` says.

    What a proxy wrote and is no address is not believed: then the proxy's own counts.
    """
    address = BaseThrottle().get_ident(request)
    try:
        validate_ipv46_address(address)
    except ValidationError:
        return request.META["REMOTE_ADDR"]
    return address
