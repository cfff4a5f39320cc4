"""Looks at every request before anything else reads it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from backend.api.problems import Problem, problem_response

API_PREFIX = "/api/"
# Who is asking, and for which organization: the same address answers each differently.
_TELL_READERS_APART = ("Authorization", "Cookie", "X-Organization")


class RequestGuardMiddleware:
    """Refuse NUL characters and unmeasured or oversized bodies early; keep answers out of caches.

    A view may set its own ``Cache-Control``, as the public code lists do.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        problem = _refusal(request)
        response = self.get_response(request) if problem is None else problem_response(problem)
        if request.path.startswith(API_PREFIX):
            _keep_for_the_reader(response)
        return response


def _keep_for_the_reader(response: HttpResponse) -> None:
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, _TELL_READERS_APART)


def _refusal(request: HttpRequest) -> Problem | None:
    query = request.META.get("QUERY_STRING", "")
    if "\0" in request.path or "\0" in query or "%00" in query:
        return Problem(400, "nul_character", "地址或查询参数含有 NUL 字符。")
    if "HTTP_TRANSFER_ENCODING" in request.META:
        # Django reads no body of unknown length: its values would count as not given.
        return Problem(411, "length_required", "请用 Content-Length 说明请求内容的长度。")
    limit = body_limit(request.content_type)
    if _content_length(request) > limit:
        return Problem(413, "body_too_large", f"请求内容超过 {limit // (1024 * 1024)} MiB 的上限。")
    return None


def body_limit(content_type: str | None) -> int:
    """Return how many bytes a body of this type may have; uploads may be larger."""
    if content_type == "multipart/form-data":
        return settings.REQUEST_UPLOAD_MAX_SIZE
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # Django reads no body then
