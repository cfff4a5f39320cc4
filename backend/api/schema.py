"""The OpenAPI document: what every operation has in common is added here once."""

import inspect
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny

from backend.api.problems import PROBLEM_MEDIA_TYPE, TITLES
from backend.api.viewsets import ResourceViewSet

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 问题说明；code 稳定，可供程序判断。",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "以点分隔的字段路径。"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="24 小时内以同一键重发同一请求，只生效一次，并得到同样的回答。",
)
_ORGANIZATION = OpenApiParameter(
    "X-Organization",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.HEADER,
    description="属于多个机构的账号以此选择所代表的机构；省略时取最早加入的。",
)


class AutoSchema(SpectacularAutoSchema):
    """Add the shared headers and the problems that an operation can answer with."""

    def get_override_parameters(self) -> list[Any]:
        """Return the headers that this kind of operation reads."""
        parameters = []
        if self._is_public():
            return parameters
        parameters.append(_ORGANIZATION)
        if self.method == "POST" and isinstance(self.view, ResourceViewSet):
            parameters.append(_IDEMPOTENCY_KEY)
        if self._takes_if_match():
            parameters.append(
                OpenApiParameter(
                    "If-Match",
                    str,
                    OpenApiParameter.HEADER,
                    required=True,
                    description='读取时得到的 ETag，例如 "3"。',
                )
            )
        return parameters

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        responses = super()._get_response_bodies(direction)
        component = ResolvedComponent(
            name="Problem",
            type=ResolvedComponent.SCHEMA,
            object="Problem",
            schema=PROBLEM_SCHEMA,
        )
        self.registry.register_on_missing(component)
        for status in self._problem_statuses():
            responses.setdefault(
                str(status),
                {
                    "description": TITLES[status],
                    "content": {PROBLEM_MEDIA_TYPE: {"schema": component.ref}},
                },
            )
        if self.method == "GET" and isinstance(self.view, ResourceViewSet):
            responses["304"] = {"description": "If-None-Match 所带的 ETag 仍然有效。"}
        return dict(sorted(responses.items()))

    def _problem_statuses(self) -> list[int]:
        statuses = [400, 406, 429, 503]
        if not self._is_public():
            statuses += [401, 403]
        if "{" in self.path:
            statuses.append(404)
        if self.method in {"POST", "PUT", "PATCH"}:
            statuses += [409, 413, 415]
        if self.method == "POST" and isinstance(self.view, ResourceViewSet):
            statuses.append(422)
        if self._takes_if_match():
            statuses += [412, 428]
        return [*statuses, *getattr(self.view, "more_problem_statuses", ())]

    def _is_public(self) -> bool:
        return any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())

    def _takes_if_match(self) -> bool:
        """Tell whether the action's code asks for the revision that a change was made on."""
        method = getattr(self.view, getattr(self.view, "action", None) or "", None)
        code = getattr(inspect.unwrap(method), "__code__", None) if method else None
        return code is not None and ResourceViewSet.expected_revision.__name__ in code.co_names


class KeyScheme(OpenApiAuthenticationExtension):
    """Describes API keys."""

    target_class = "backend.api.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: SpectacularAutoSchema) -> dict[str, Any]:
        """Return the bearer scheme."""
        return {"type": "http", "scheme": "bearer", "description": "接口密钥 kr_…"}


class SessionScheme(OpenApiAuthenticationExtension):
    """Describes the portal's session."""

    target_class = "backend.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: SpectacularAutoSchema) -> dict[str, Any]:
        """Return the cookie scheme."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
