"""A firm registers itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from backend.common.errors import DomainError
from backend.firms.registration import register_firm
from backend.firms.services import registering_region
from backend.portal import once
from backend.portal.account.forms import RegistrationForm
from backend.portal.limits import is_too_often
from backend.portal.pages import put_on_form
from backend.reference.regions import region_name
from matching.uscc import is_uscc

_LENGTH = 18


class Register(View):
    """The form for a firm that is not here yet."""

    template = "portal/account/register.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form; the signed-in have no use for it."""
        if request.user.is_authenticated:
            return redirect("portal:home")
        return self._show(RegistrationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open the firm's record and the first account, then lead to signing in."""
        form = RegistrationForm(request.POST)
        if is_too_often(request, "register", most=20, seconds=3600):
            form.add_error(None, "本网络短时间内注册次数过多，请一小时后再试。")
        if form.is_valid():
            values = {key: form.cleaned_data[key] for key in form.fields}
            del values["password_again"]
            values["region"] = values["region"] or None
            try:
                register_firm(**values, today=timezone.localdate())
            except DomainError as error:
                put_on_form(form, error)
            else:
                onward = redirect(f"{reverse('portal:sign_in')}?registered=1")
                once.tell_taken_in(request, onward)
                return onward
        return self._show(form, status=422)

    def _show(self, form: RegistrationForm, status: int = 200) -> HttpResponse:
        context = {"title": "企业注册", "form": form}
        return render(self.request, self.template, context, status=status)


def check_code(request: HttpRequest) -> HttpResponse:
    """Say of a code, while it is typed, whether it can be right and where it is from."""
    code = request.GET.get("uscc", "").replace(" ", "").upper()[: _LENGTH + 2]
    context = {"code": code, "missing": _LENGTH - len(code), "is_right": is_uscc(code)}
    if context["is_right"]:
        region = registering_region(code)
        context["region"] = region_name(region) if region else ""
    return render(request, "portal/account/code_check.html", context)
