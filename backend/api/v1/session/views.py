"""Signing in with a password, and out again."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.authentication import CHALLENGE, SessionAuthentication, attach_actor
from backend.api.problems import Problem, problem_response
from backend.api.v1.me.serializers import MeOutput, describe_me
from backend.api.v1.session.serializers import SignInInput


class SessionView(APIView):
    """登录与退出。

    The sign-in takes JSON only, which no form of another site can send.
    """

    # A wrong password; an X-Organization that the account does not belong to.
    more_problem_statuses = (401, 403)

    def get_authenticators(self) -> list[Any]:
        """Read no old session or key when somebody signs in."""
        if self.request is not None and self.request.method == "POST":
            return []
        return [SessionAuthentication()]

    def get_authenticate_header(self, request: Request) -> str:
        """Make a wrong password a 401."""
        return CHALLENGE

    def get_permissions(self) -> list[BasePermission]:
        """Let anybody sign in, and only the signed-in sign out."""
        signing_in = self.request is not None and self.request.method == "POST"
        return [AllowAny() if signing_in else IsAuthenticated()]

    @extend_schema(request=SignInInput, responses={200: MeOutput})
    def post(self, request: Request) -> Response:
        """用户名和密码登录；成功后设置会话 Cookie 和 CSRF Cookie。"""
        serializer = SignInInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        django_request = request._request
        user = authenticate(django_request, **serializer.validated_data)
        if user is None:
            raise AuthenticationFailed("用户名或密码错误。", code="sign_in_failed")
        login(django_request, user)
        get_token(django_request)
        request.user = user
        attach_actor(request, user)
        return Response(describe_me(user, request.actor))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """退出登录。"""
        logout(request._request)
        return Response(status=204)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer after too many wrong passwords, whether or not the name exists."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return problem_response(
        Problem(429, "locked_out", f"登录失败次数过多，请 {minutes} 分钟后再试。"),
        instance=request.path,
        headers={"Retry-After": str(minutes * 60)},
    )
