"""Pages, scripts and the style sheet travel compressed; answers to programs as they are."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_COMPRESSED = ("text/html", "text/css", "text/javascript", "image/svg+xml")


class PageGZipMiddleware(GZipMiddleware):
    """Compress what browsers load; other answers are small and often kept by their hash."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress texts that browsers show or run."""
        if not response.headers.get("Content-Type", "").startswith(_COMPRESSED):
            return response
        return super().process_response(request, response)
