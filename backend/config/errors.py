"""Refusals outside a view: programs read a problem document, people read a page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from backend.api import errors as api_errors
from backend.api.middleware import API_PREFIX
from backend.api.v1.session.views import locked_out as api_locked_out
from backend.portal import errors as page_errors
from backend.portal.account.sign_in import locked_out as page_locked_out


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django could not read."""
    return _side(request).bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what is refused."""
    return _side(request).permission_denied(request, exception)


def form_ran_out(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the right token of this session."""
    if _is_program(request):
        return api_errors.permission_denied(request, PermissionDenied(reason))
    return page_errors.form_ran_out(request, reason)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist."""
    return _side(request).page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a defect."""
    return _side(request).server_error(request)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer after too many wrong passwords, whether or not the name exists."""
    answer = api_locked_out if _is_program(request) else page_locked_out
    return answer(request, response, credentials)


def _side(request: HttpRequest) -> Any:
    return api_errors if _is_program(request) else page_errors


def _is_program(request: HttpRequest) -> bool:
    wants_page = "text/html" in request.META.get("HTTP_ACCEPT", "")
    return request.path.startswith(API_PREFIX) or not wants_page
