"""The second factor: connecting an app, and giving its code."""

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django_otp import login as otp_login
from django_otp import match_token

from backend.accounts import second_factor
from backend.common.errors import DomainError
from backend.portal.account.forms import CodeForm
from backend.portal.pages import Page, put_on_form


class SecondFactorPage(Page):
    """A page that those who have not yet given their code may open."""

    needs_second_factor = False
    holds_confidential_rows = False

    def onward(self) -> str:
        """Return where the person wanted to go, within this platform."""
        wanted = self.request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            return wanted
        return reverse("portal:home")


class GiveCode(SecondFactorPage):
    """The code of the app, or one from paper."""

    title = "二次验证"
    template_name = "portal/account/give_code.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code, or lead to connecting an app first."""
        if second_factor.confirmed_device(request.user) is None:
            return redirect(f"{reverse('portal:enrol')}?{request.GET.urlencode()}")
        return self.show(form=CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Let the session work when the code is right; wrong ones slow the next try down."""
        form = CodeForm(request.POST)
        if form.is_valid():
            device = match_token(request.user, form.cleaned_data["code"])
            if device is not None:
                otp_login(request, device)
                return redirect(self.onward())
            put_on_form(form, second_factor.wrong_code())
        return self.show(form=form, status=422)


class Enrol(SecondFactorPage):
    """Connecting an app: scan, type its code, keep the codes on paper."""

    title = "绑定验证器"
    template_name = "portal/account/enrol.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what the app scans."""
        return self._ask(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Connect the app after its first right code and show the codes for paper."""
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            device, codes = second_factor.finish_enrolment(
                actor=self.actor, code=form.cleaned_data["code"]
            )
        except DomainError as error:
            put_on_form(form, error)
            return self._ask(form, status=422)
        otp_login(request, device)
        return self.show("portal/account/paper_codes.html", codes=codes, onward=self.onward())

    def _ask(self, form: CodeForm, status: int = 200) -> HttpResponse:
        if second_factor.confirmed_device(self.request.user) is not None:
            return redirect("portal:account")
        device = second_factor.begin_enrolment(user=self.request.user)
        picture = segno.make(device.config_url).svg_inline(scale=5, dark="#1b2733")
        return self.show(
            form=form,
            picture=mark_safe(picture),  # noqa: S308 - drawn here, holds no input
            secret=device.config_url.split("secret=")[1].split("&")[0],
            status=status,
        )


class RemoveFactor(Page):
    """Disconnecting the app."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Forget the app and the codes on paper."""
        return self.act(
            lambda: second_factor.remove_device(actor=self.actor),
            to=reverse("portal:account"),
            done="已解除绑定；备用码同时失效。",
        )
