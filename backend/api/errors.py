"""Turns every exception into one problem document; no view does this itself."""

import logging
import sys
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from psycopg.errors import UniqueViolation
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import APIException, ErrorDetail, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings

from backend.api.problems import PROBLEM_MEDIA_TYPE, Problem, problem_response
from backend.common.errors import (
    DomainError,
    FieldProblem,
    InvalidInput,
    NotPermitted,
    StaleRevision,
    StateConflict,
)

logger = logging.getLogger(__name__)

_DOMAIN_STATUS: dict[type[DomainError], int] = {
    InvalidInput: 400,
    NotPermitted: 403,
    StateConflict: 409,
    StaleRevision: 412,
}
_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
_RETRY_SECONDS = "5"
_MESSAGES_IN_DETAIL = 3
_LONGEST_NAME = 80

_NOT_FOUND = Problem(404, "not_found", "没有这个对象，或您无权知道它。")
_FORBIDDEN = Problem(403, "permission_denied", "您没有此项权限。")
_TOO_LARGE = Problem(413, "body_too_large", "请求内容超过上限。")
_UNREADABLE = Problem(400, "bad_request", "请求无法读取。")
# The first kind that fits decides, so the narrower stand above the wider.
_FIXED_PROBLEMS: tuple[tuple[type[Exception], Problem], ...] = (
    (Http404, _NOT_FOUND),
    (PermissionDenied, _FORBIDDEN),
    (RequestDataTooBig, _TOO_LARGE),
    (SuspiciousOperation, _UNREADABLE),
    (UnreadablePostError, _UNREADABLE),
)
_INTERNAL = Problem(500, "internal_error", "服务器出错，已记录；请稍后重试。")
_UNAVAILABLE = Problem(503, "unavailable", "数据库暂时不可用，请稍后重试。")


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception raised in a view; None leaves a defect to Django, which logs it."""
    problem = _problem_of(exc)
    if problem is None:
        return None
    request = context.get("request")
    return Response(
        problem.as_dict(instance=request.path if request is not None else None),
        status=problem.status,
        headers=_headers_of(exc, problem),
        content_type=PROBLEM_MEDIA_TYPE,
    )


def _problem_of(exc: Exception) -> Problem | None:
    if isinstance(exc, DomainError):
        return Problem(_DOMAIN_STATUS[type(exc)], exc.code, exc.message, exc.problems)
    if isinstance(exc, ValidationError):
        return _invalid_input(exc)
    if isinstance(exc, APIException):
        return _problem_of_api_exception(exc)
    for kind, problem in _FIXED_PROBLEMS:
        if isinstance(exc, kind):
            return problem
    return _problem_of_database(exc)


def _problem_of_api_exception(exc: APIException) -> Problem:
    codes = exc.get_codes()
    code = codes if isinstance(codes, str) else exc.default_code
    if exc.status_code == _NOT_FOUND.status:
        return _NOT_FOUND
    return Problem(exc.status_code, code, str(exc.detail))


def _problem_of_database(exc: Exception) -> Problem | None:
    if isinstance(exc, IntegrityError) and isinstance(exc.__cause__, UniqueViolation):
        # Two requests passed the service's own check at once; the database let one through.
        logger.warning("a uniqueness constraint decided a race: %s", exc)
        return Problem(409, "already_exists", "同样的内容刚刚已由另一个请求写入。")
    if isinstance(exc, DataError):
        logger.warning("the database refused a value that validation let through: %s", exc)
        return Problem(400, "value_out_of_range", "有数值超出可保存的范围。")
    if isinstance(exc, _DATABASE_AWAY):
        logger.error("the database does not answer: %s", exc)
        return _UNAVAILABLE
    return None


def _headers_of(exc: Exception, problem: Problem) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    if isinstance(exc, Throttled) and exc.wait is not None:
        headers["Retry-After"] = str(max(1, int(exc.wait)))
    elif problem is _UNAVAILABLE:
        headers["Retry-After"] = _RETRY_SECONDS
    return headers


def _invalid_input(exc: ValidationError) -> Problem:
    errors = tuple(flatten(exc.detail))
    detail = "；".join(f"{error.field}：{error.message}" for error in errors[:_MESSAGES_IN_DETAIL])
    if len(errors) > _MESSAGES_IN_DETAIL:
        detail += f"；另有 {len(errors) - _MESSAGES_IN_DETAIL} 处"
    return Problem(400, "invalid_input", detail, errors)


def flatten(detail: Any, path: str = "") -> Iterator[FieldProblem]:
    """Walk a serializer's nested errors and name each field by its dotted path."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            if path and key == api_settings.NON_FIELD_ERRORS_KEY:
                yield from flatten(inner, path)
            else:
                name = str(key)[:_LONGEST_NAME]
                yield from flatten(inner, f"{path}.{name}" if path else name)
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            if isinstance(inner, ErrorDetail):
                yield from flatten(inner, path)
            else:
                yield from flatten(inner, f"{path}.{position}" if path else str(position))
    else:
        code = getattr(detail, "code", None) or "invalid"
        yield FieldProblem(path or api_settings.NON_FIELD_ERRORS_KEY, code, str(detail))


# --- what Django itself refuses before or outside a view ---


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django could not read."""
    problem = _problem_of(exception) or _UNREADABLE
    return problem_response(problem, instance=request.path)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django's own checks refuse."""
    return problem_response(_FORBIDDEN, instance=request.path)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist."""
    return problem_response(_NOT_FOUND, instance=request.path)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a defect without a word about its inside; a database that is away is a 503."""
    if isinstance(sys.exc_info()[1], _DATABASE_AWAY):
        return problem_response(
            _UNAVAILABLE, instance=request.path, headers={"Retry-After": _RETRY_SECONDS}
        )
    return problem_response(_INTERNAL, instance=request.path)
