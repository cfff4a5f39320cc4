"""An answer that is a ZIP instead of JSON; what goes wrong is said in JSON."""

from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from backend.api.negotiation import JSONFirstNegotiation

PACKAGE_TYPE = "application/zip"


class PackageNegotiation(JSONFirstNegotiation):
    """Take a request for a package as well."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer where a package is asked for by name."""
        if PACKAGE_TYPE in request.META.get("HTTP_ACCEPT", ""):
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)
