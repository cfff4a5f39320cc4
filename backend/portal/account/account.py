"""One's own account: organizations, password, keys."""

from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from backend.accounts import second_factor
from backend.accounts.models import ApiKey
from backend.accounts.services import change_password, create_key, revoke_key
from backend.organizations.actors import list_memberships
from backend.organizations.permissions import Permission
from backend.portal.account.forms import KeyForm, PasswordForm
from backend.portal.middleware import ORGANIZATION_KEY
from backend.portal.pages import Page


class Account(Page):
    """Who I am here, and which of my organizations I act for."""

    title = "账号与安全"
    holds_confidential_rows = False
    template_name = "portal/account/account.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the account."""
        return self.show(
            memberships=list_memberships(request.user),
            device=second_factor.confirmed_device(request.user),
            device_is_required=second_factor.is_required(self.actor),
            keys=ApiKey.objects.visible_to(self.actor),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Act for another of the person's organizations from now on."""
        for membership in list_memberships(request.user):
            if str(membership.organization.public_id) == request.POST.get("organization"):
                request.session[ORGANIZATION_KEY] = str(membership.organization.public_id)
                return redirect("portal:home")
        return redirect("portal:account")


class Password(Page):
    """A new password; other sessions of the account end."""

    title = "修改密码"
    holds_confidential_rows = False
    template_name = "portal/account/password.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(form=PasswordForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change the password and stay signed in here."""
        form = PasswordForm(request.POST)

        def change() -> None:
            user = change_password(
                actor=self.actor,
                present=form.cleaned_data["present"],
                password=form.cleaned_data["password"],
            )
            update_session_auth_hash(request, user)

        return self.submit(
            form,
            change,
            to=lambda _: reverse("portal:account"),
            done="密码已修改，其他设备须重新登录。",
        )


class NewKey(Page):
    """A new key for programs, shown this once."""

    title = "新建接口密钥"
    word = Permission.KEY_MANAGE
    holds_confidential_rows = False
    template_name = "portal/account/key.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(form=KeyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the key and show it; it is kept nowhere, so the page is not led away from."""
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        _, secret = create_key(actor=self.actor, user=self.actor.user, **form.cleaned_data)
        return self.show("portal/account/key_made.html", secret=secret)


class RevokeKey(Page):
    """A key that is no longer needed."""

    word = Permission.KEY_MANAGE

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        """Refuse the key from now on."""
        key = self.find(ApiKey.objects.visible_to(self.actor), key_id)
        return self.act(
            lambda: revoke_key(actor=self.actor, key=key),
            to=reverse("portal:account"),
            done="密钥已吊销，立即失效。",
        )
