"""The OpenAPI document and its readable form, both served from this machine."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

_SECONDS_FRESH = 3600


class SchemaView(SpectacularAPIView):
    """The OpenAPI document as YAML or JSON (``?format=json``).

    It is the same for everybody and costs a second to write, so each process writes it once.
    """

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    _written: dict[str, bytes] = {}

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        if renderer.media_type not in self._written:
            document = self.generator_class().get_schema(request=None, public=True)
            self._written[renderer.media_type] = renderer.render(document)
        return HttpResponse(
            self._written[renderer.media_type],
            content_type=f"{renderer.media_type}; charset=utf-8",
            headers={"Cache-Control": f"public, max-age={_SECONDS_FRESH}"},
        )


class DocumentationView(SpectacularSwaggerView):
    """The document as a page to read and try."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
