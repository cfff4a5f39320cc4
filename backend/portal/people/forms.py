"""What an organization fills in about its people."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from backend.organizations.enums import Rank
from backend.organizations.models import Membership, Organization
from backend.partners.models import Contact
from backend.portal.forms import DayField, PlainForm


class ContactForm(PlainForm):
    """Whom the other side calls, when they are away, and who covers."""

    name = forms.CharField(label="姓名", max_length=60)
    post = forms.CharField(label="职务", required=False, max_length=60)
    phone = forms.CharField(
        label="办公电话",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text="请勿登记私人电话。",
    )
    email = forms.EmailField(label="工作邮箱", required=False, max_length=254)
    user = forms.ChoiceField(
        label="本人账号",
        required=False,
        help_text="有账号的由本人登录后同意；换人或换账号后须重新同意。",
    )
    absent_from = DayField(label="不在岗起", required=False)
    absent_until = DayField(label="不在岗止（含当日）", required=False)
    covered_by = forms.ChoiceField(label="代理人", required=False)
    is_active = forms.BooleanField(label="在岗", required=False, initial=True)

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        others: QuerySet[Contact],
        contact: Contact | None = None,
    ) -> None:
        super().__init__(data, initial=_entries(contact))
        places = Membership.objects.active().filter(organization=organization)
        self._users = {
            place.user.username: place.user
            for place in places.select_related("user").order_by("pk")
        }
        self._covers = {str(one.public_id): one for one in others.filter(is_active=True)}
        self.fields["user"].choices = [
            ("", "没有账号"),
            *((name, f"{user}（{name}）") for name, user in self._users.items()),
        ]
        self.fields["covered_by"].choices = [
            ("", "无"),
            *((key, f"{one.name}（{one.organization.name}）") for key, one in self._covers.items()),
        ]
        if contact is None:
            for name in ("absent_from", "absent_until", "covered_by", "is_active"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was filled in as the service takes it."""
        values = dict(self.cleaned_data)
        values["user"] = self._users.get(values["user"])
        if "covered_by" in values:
            values["covered_by"] = self._covers.get(values["covered_by"])
        return values


def _entries(contact: Contact | None) -> dict[str, Any]:
    if contact is None:
        return {}
    cover = contact.covered_by
    return {
        **{name: getattr(contact, name) for name in ContactForm.base_fields},
        "user": contact.user.username if contact.user else "",
        "covered_by": str(cover.public_id) if cover else "",
    }


class AgreeForm(PlainForm):
    """The person's consent; for somebody without an account, where their signed notice is."""

    agreed = forms.BooleanField(
        label="本人已阅读告知书，同意向合作协议的另一方显示上述联系方式。",
        error_messages={"required": "未勾选同意不能提交。"},
    )
    evidence = forms.CharField(
        label="本人签署的告知书编号或存放位置", max_length=200, help_text="联系人没有账号时必填。"
    )

    def __init__(self, data: Any = None, *, contact: Contact) -> None:
        super().__init__(data)
        if contact.user_id is not None:
            del self.fields["evidence"]
        else:
            self.fields["agreed"].label = "联系人本人已签署告知书，同意向另一方显示联系方式。"


class MemberForm(PlainForm):
    """A new account of a colleague."""

    username = forms.CharField(
        label="账号", max_length=150, help_text="字母、数字和 @ . + - _，登录时使用。"
    )
    display_name = forms.CharField(label="姓名", max_length=60)
    post = forms.CharField(label="职务", required=False, max_length=60)
    rank = forms.ChoiceField(
        label="权限", choices=Rank.choices, help_text="负责人可以办理本机构全部事项并管理账号。"
    )
