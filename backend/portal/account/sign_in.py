"""Signing in and out, and the first page."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from backend.portal.navigation import home_of


class SignInForm(AuthenticationForm):
    """User name and password; wrong ones get one answer whichever is wrong."""

    error_messages = {
        "invalid_login": "用户名或密码错误，请核对后重试。",
        "inactive": "用户名或密码错误，请核对后重试。",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, label_suffix="", **kwargs)


class SignIn(LoginView):
    """The way in."""

    template_name = "portal/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    next_page = "portal:home"
    extra_context = {"title": "登录"}


class SignOut(View):
    """The way out."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session."""
        logout(request)
        return redirect("portal:sign_in")


def home(request: HttpRequest) -> HttpResponse:
    """Lead the signed-in to their role's first page and tell strangers what this is."""
    if not request.user.is_authenticated:
        return render(request, "portal/welcome.html", {"title": ""})
    if not request.page_actor:
        return render(request, "portal/account/no_place.html", status=403)
    return redirect(home_of(request.page_actor))


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer after too many wrong passwords, whether or not the name exists."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = {
        "title": "登录暂停",
        "headline": "登录失败次数过多",
        "advice": f"为保护账号，请 {seconds // 60} 分钟后再试。",
    }
    answer = render(None, "portal/error.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
