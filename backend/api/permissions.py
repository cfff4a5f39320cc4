"""Whether a request may be made at all; on which objects is decided below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.organizations.permissions import Permission

if TYPE_CHECKING:
    from rest_framework.views import APIView  # settings import this module before it


class ActorPermission(BasePermission):
    """Let an actor do what its role has the word for; refuse everything else.

    Whoever names an object that it may not know of is told that there is none (404), whether
    there is or not; 403 is for what the actor may see but not do. A view names its words in
    ``permission_words`` (action to word). An action without a word is refused, so that a
    forgotten one fails closed.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return False for the anonymous (401); raise with a reason for everybody else (403)."""
        if not request.user.is_authenticated:
            return False
        if _is_unsupported_method(request, view):
            return True  # nothing will run; the answer is 405
        actor = getattr(request, "actor", None)
        if actor is None:
            raise PermissionDenied("您的账号尚未加入任何启用的机构。", code="no_membership")
        word: Permission | None = getattr(view, "permission_words", {}).get(view.action)
        if word is None:
            raise PermissionDenied("此操作未开放。", code="permission_denied")
        if not actor.has(word):
            if _names_something_hidden(view):
                raise Http404
            raise PermissionDenied(f"您的角色没有此项权限（{word}）。", code="permission_denied")
        return True


def _names_something_hidden(view: APIView) -> bool:
    """Tell whether the address names an object outside what the actor may see."""
    key = view.kwargs.get(view.lookup_url_kwarg or view.lookup_field)
    if key is None:
        return False
    return not view.get_queryset().filter(**{view.lookup_field: key}).exists()


def _is_unsupported_method(request: Request, view: APIView) -> bool:
    return request.method.lower() not in view.action_map
