"""Which form an answer takes; there is one, so most requests need no weighing up."""

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

# What programs send: nothing, "whatever you have", or JSON by name.
_JSON_WILL_DO = frozenset({None, "*/*", "application/json"})


class JSONFirstNegotiation(DefaultContentNegotiation):
    """Choose as REST framework does, without its weighing up where JSON is first and will do."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and the media type, or refuse with 406."""
        if (
            request.META.get("HTTP_ACCEPT") in _JSON_WILL_DO
            and type(renderers[0]) is JSONRenderer
            and not format_suffix
            and self.settings.URL_FORMAT_OVERRIDE not in request.query_params
        ):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
