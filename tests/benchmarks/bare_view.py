"""The least that Django REST Framework does to answer with a payload of a given content."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class BareView(APIView):
    """Answer with a ready object: no sign-in, no database, nothing computed."""

    authentication_classes: ClassVar[list[type]] = []
    permission_classes: ClassVar[list[type]] = []
    throttle_classes: ClassVar[list[type]] = []
    payload: ClassVar[Any] = None

    def get(self, request: Request) -> Response:
        """Answer."""
        return Response(self.payload)
