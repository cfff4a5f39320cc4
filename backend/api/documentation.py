"""The OpenAPI document and its readable form, both served from this machine."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

_HOUR = 3600


class SchemaView(SpectacularAPIView):
    """The OpenAPI document; it is the same for everybody, so it is made once per process."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    _document: dict[str, Any] | None = None

    def _get_schema_response(self, request: Request) -> Response:
        cls = type(self)
        if cls._document is None:
            generator = self.generator_class(urlconf=self.urlconf, patterns=self.patterns)
            cls._document = generator.get_schema(request=None, public=True)
        return Response(cls._document, headers={"Cache-Control": f"public, max-age={_HOUR}"})


class DocumentationView(SpectacularSwaggerView):
    """The document as a page to read and try."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
