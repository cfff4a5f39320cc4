"""What people fill in about themselves."""

from typing import Any

from django import forms

from backend.portal.forms import PlainForm
from backend.reference.regions import list_region_choices

_PASSWORD_HELP = "至少 12 位，不能只用数字、常见密码或与用户名相近的内容。"  # noqa: S105 - help text


class NewPasswordMixin(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label="设置密码",
        strip=False,
        max_length=128,
        help_text=_PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="再次输入密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        values = super().clean()
        if values.get("password") != values.get("password_again"):
            self.add_error("password_again", "两次输入的密码不一致。")
        return values


class RegistrationForm(NewPasswordMixin, PlainForm):
    """A firm and the person who registers it."""

    uscc = forms.CharField(
        label="统一社会信用代码",
        max_length=18,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        help_text="营业执照上的 18 位代码；填写时即核对校验位。",
    )
    name = forms.CharField(label="企业名称", max_length=200, help_text="与营业执照一致。")
    region = forms.ChoiceField(label="所在地区", required=False)
    display_name = forms.CharField(label="您的姓名", max_length=60)
    phone = forms.RegexField(
        r"^[0-9+\- ]{6,20}$",
        label="手机",
        error_messages={"invalid": "请填写 6–20 位的电话号码。"},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    username = forms.CharField(
        label="登录用户名",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
        help_text="字母、数字和 @ . + - _。",
    )
    field_order = [
        "uscc",
        "name",
        "region",
        "display_name",
        "phone",
        "username",
        "password",
        "password_again",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", "按信用代码的登记地"), *list_region_choices()]

    def clean_uscc(self) -> str:
        """Read the code as people type it, with spaces and small letters."""
        return self.cleaned_data["uscc"].replace(" ", "").upper()


class CodeForm(PlainForm):
    """A one-time code."""

    code = forms.CharField(
        label="验证码",
        max_length=16,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        """Read the code as apps show it, in groups."""
        return self.cleaned_data["code"].replace(" ", "").lower()


class PasswordForm(NewPasswordMixin, PlainForm):
    """The present password and a new one."""

    present = forms.CharField(
        label="现用密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["present", "password", "password_again"]


class KeyForm(PlainForm):
    """A new API key."""

    name = forms.CharField(label="用途", max_length=60, help_text="例如：行内客户管理系统。")
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=365, initial=90)
