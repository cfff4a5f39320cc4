"""What an officer fills in about accounts of firms and about agreements."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from backend.organizations.actors import Actor
from backend.organizations.enums import AuthorityBasis
from backend.partners.models import LONGEST_CLOCK, Agreement, Contact
from backend.partners.selectors import (
    list_contacts_to_choose,
    list_own_contacts,
    list_possible_partners,
    name_to_choose,
)
from backend.partners.validators import REASON_MAX_LENGTH
from backend.portal.department.forms import text
from backend.portal.forms import DayField, PlainForm

_CLOCKS = {
    "acknowledge_workdays": "受理（工作日）",
    "contact_workdays": "首次联系（工作日）",
    "decide_workdays": "审批答复（工作日）",
    "read_workdays": "股权类阅读（工作日）",
    "answer_workdays": "股权类首次答复（工作日）",
}
_NEW_CONTACT = ("name", "post", "phone", "email")


class AuthorityForm(PlainForm):
    """What proves that an account may act for its firm."""

    basis = forms.ChoiceField(label="核验依据", choices=AuthorityBasis.choices)
    reference = forms.CharField(
        label="授权书编号或担保单位", max_length=200, help_text="用于日后查证，请如实填写。"
    )
    post = forms.CharField(label="本人职务", max_length=60)
    valid_until = DayField(label="授权到期日（不含）", help_text="最长三年，到期后重新核验。")


class AgreementForm(PlainForm):
    """What was agreed with an institution; its contact is chosen, or entered as the paper says."""

    document_number = forms.CharField(label="协议文号", max_length=80)
    title = forms.CharField(label="协议名称", max_length=200)
    sponsor = forms.CharField(label="牵头领导", max_length=60, required=False)
    signed_on = DayField(label="签订日期", required=False, help_text="未签订的协议不能据以推送。")
    valid_from = DayField(label="生效日期")
    valid_until = DayField(label="到期日期（不含）")
    department_unit = forms.CharField(label="部门责任处室", max_length=100)
    department_contact = forms.ChoiceField(label="部门联系人")
    institution_unit = forms.CharField(label="机构责任部门", max_length=100)
    institution_contact = forms.ChoiceField(
        label="机构联系人",
        required=False,
        help_text="仅列出本人已同意公开的联系人；没有时在下面按协议登记一位。",
    )
    new_name = forms.CharField(label="新登记的机构联系人", max_length=60, required=False)
    new_post = forms.CharField(label="其职务", max_length=60, required=False)
    new_phone = forms.CharField(label="其办公电话", max_length=40, required=False)
    new_email = forms.EmailField(label="其工作邮箱", max_length=254, required=False)
    second_contact = forms.ChoiceField(label="机构第二联系人", required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Actor,
        agreement: Agreement | None = None,
    ) -> None:
        super().__init__(data, initial=_entries(agreement))
        own = list_own_contacts(actor)
        theirs = list_contacts_to_choose(actor, agreement)
        self._contacts = {str(one.public_id): one for one in (*own, *theirs)}
        for name, label in _CLOCKS.items():
            self.fields[name] = forms.IntegerField(
                label=label,
                required=False,
                min_value=1,
                max_value=LONGEST_CLOCK,
                initial=Agreement._meta.get_field(name).default if agreement is None else None,
                help_text="留空为不约定。",
            )
        self.fields["department_contact"].choices = _choices(own, actor, "请选择")
        for name, empty in (("institution_contact", "按下面新登记"), ("second_contact", "无")):
            self.fields[name].choices = _choices(theirs, actor, empty)

    def clean(self) -> dict[str, Any]:
        """Ask for the institution's contact once: chosen, or entered."""
        values = super().clean()
        chosen, entered = values.get("institution_contact"), values.get("new_name")
        if not chosen and not entered:
            self.add_error("institution_contact", "请选择机构联系人，或在下面登记一位。")
        if chosen and entered:
            self.add_error("new_name", "已选择机构联系人，请不要再登记；换人请改选“按下面新登记”。")
        if entered and not values.get("new_phone"):
            self.add_error("new_phone", "请填写办公电话。")
        return values

    def values(self) -> dict[str, Any]:
        """Return what was filled in as the service takes it."""
        values = dict(self.cleaned_data)
        entered = {name: values.pop(f"new_{name}") for name in _NEW_CONTACT}
        values["department_contact"] = self._contacts[values["department_contact"]]
        chosen = self._contacts.get(values["institution_contact"])
        values["institution_contact"] = chosen or entered
        values["second_contact"] = self._contacts.get(values["second_contact"])
        return values


class NewAgreementForm(AgreementForm):
    """An agreement with an institution that is named along."""

    institution = forms.ChoiceField(label="金融机构")

    field_order = ("institution",)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._institutions = {row.code: row for row in list_possible_partners()}
        self.fields["institution"].choices = [
            ("", "请选择"),
            *((code, row.name) for code, row in self._institutions.items()),
        ]

    def values(self) -> dict[str, Any]:
        """Return the institution itself along with what was agreed."""
        values = super().values()
        values["institution"] = self._institutions[values["institution"]]
        return values


class EndForm(PlainForm):
    """Why an agreement ends before its time."""

    reason = text("终止原因", REASON_MAX_LENGTH)


def _choices(contacts: QuerySet[Contact], actor: Actor, empty: str) -> list[tuple[str, str]]:
    named = ((str(one.public_id), name_to_choose(one, actor)) for one in contacts)
    return [("", empty), *named]


def _entries(agreement: Agreement | None) -> dict[str, Any]:
    if agreement is None:
        return {}
    entries = {
        name: getattr(agreement, name)
        for name in (*AgreementForm.base_fields, *_CLOCKS)
        if hasattr(agreement, name)
    }
    for name in ("department_contact", "institution_contact", "second_contact"):
        contact = getattr(agreement, name)
        entries[name] = str(contact.public_id) if contact else ""
    return entries
