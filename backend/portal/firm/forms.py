"""What a firm fills in."""

from typing import Any

from django import forms

from backend.consents.enums import GROUPS_OF, Direction, FieldGroup
from backend.consents.services.granting import Terms
from backend.needs.enums import Attitude
from backend.needs.models import Need
from backend.portal.forms import CodesField, DayField, PercentField, PlainForm, WanField
from matching.vocabulary import COLLATERAL, FINANCING_TYPES, PURPOSES

_CHOICES = ("first_choice", "second_choice", "third_choice")
_TERM = {"min_value": 0, "max_value": 600, "required": False}


class NeedForm(PlainForm):
    """A need, as far as it is known; a draft may lack anything."""

    amount_min_yuan = WanField(label="金额下限（万元）", required=False)
    amount_max_yuan = WanField(label="金额上限（万元）", required=False)
    financing_types = CodesField(
        FINANCING_TYPES, label="融资方式", required=False, help_text="都不选表示不限方式。"
    )
    term_min_months = forms.IntegerField(label="期限下限（月）", **_TERM)
    term_max_months = forms.IntegerField(label="期限上限（月）", **_TERM)
    max_annual_rate = PercentField(label="可承受年化利率（%）", required=False)
    purposes = CodesField(PURPOSES, label="资金用途", required=False)
    collateral = CodesField(COLLATERAL, label="可提供的担保", required=False)
    no_collateral = forms.BooleanField(label="不提供任何担保", required=False)
    needed_by = DayField(label="最迟用款日期", required=False)
    first_choice = forms.ChoiceField(label="首选机构", required=False)
    second_choice = forms.ChoiceField(label="第二选择", required=False)
    third_choice = forms.ChoiceField(
        label="第三选择",
        required=False,
        help_text="按次序推送；都不选表示由部门按匹配结果安排。",
    )
    open_to_others = forms.BooleanField(
        label="也可推送给其他符合条件的机构",
        required=False,
        initial=True,
        help_text="未经授权，其他机构只能看到脱敏信息。",
    )
    description = forms.CharField(
        label="说明",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="技术、产品、订单等有助于机构了解企业的情况；请勿填写征信内容。",
    )
    contact_name = forms.CharField(label="联系人", required=False, max_length=60)
    contact_phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text="须经联系人本人同意；只向您授权的机构显示。",
    )

    def __init__(
        self,
        *args: Any,
        institutions: list[tuple[str, str]],
        need: Need | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        named = preferred_by(need) if need else []
        # Whom the need names already can stay, whatever they offer now.
        choices = dict([("", "不指定"), *institutions, *named])
        for name in _CHOICES:
            self.fields[name].choices = list(choices.items())
        self._further = [code for code, _ in named[len(_CHOICES) :]]

    def values(self) -> dict[str, Any]:
        """Return what was filled in as the service takes it; what is empty is unknown."""
        values = {
            name: None if value in ("", None) else value
            for name, value in self.cleaned_data.items()
        }
        if values.pop("no_collateral"):
            values["collateral"] = []
        elif not values["collateral"]:
            values["collateral"] = None
        values["purposes"] = values["purposes"] or None
        # Whoever is named twice counts where they stand first.
        chosen = [values.pop(name) for name in _CHOICES]
        order = dict.fromkeys(filter(None, [*chosen, *self._further]))
        values["preferred_institutions"] = list(order)
        return values


def preferred_by(need: Need) -> list[tuple[str, str]]:
    """Return codes and names of the institutions that a need prefers, in its order."""
    preferred = need.named_institutions.filter(attitude=Attitude.PREFERRED).order_by("position")
    return list(preferred.values_list("institution__code", "institution__name"))


def entries_of(need: Need) -> dict[str, Any]:
    """Return what a stored need says, as the form shows it."""
    values = {
        name: getattr(need, name)
        for name in NeedForm.base_fields
        if name not in {"no_collateral", *_CHOICES}
    }
    return values | {
        "no_collateral": need.collateral == [],
        **{name: code for name, (code, _) in zip(_CHOICES, preferred_by(need), strict=False)},
    }


class WithdrawForm(PlainForm):
    """Why a need is taken back."""

    reason = forms.CharField(
        label="撤回原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class GrantForm(PlainForm):
    """For which institutions, what, until when; two directions, each with its own wording."""

    institutions = forms.MultipleChoiceField(
        label="授权给哪些机构", widget=forms.CheckboxSelectMultiple
    )
    to_institution = forms.MultipleChoiceField(
        label="部门可以向机构提供",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[(group.value, group.label) for group in GROUPS_OF[Direction.TO_INSTITUTION]],
    )
    to_department = forms.MultipleChoiceField(
        label="机构可以向部门反馈",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[(group.value, group.label) for group in GROUPS_OF[Direction.TO_DEPARTMENT]],
        help_text="不授权时平台只记“已答复”，办理时限也不对机构计时。",
    )
    contact_agreed = forms.BooleanField(label="联系人本人已同意提供其姓名和电话", required=False)
    expires_on = DayField(label="有效至（当日起不再有效）")

    def __init__(self, *args: Any, institutions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institutions"].choices = institutions

    def clean(self) -> dict[str, Any]:
        """Refuse a consent to nothing."""
        values = super().clean()
        if not values.get("to_institution") and not values.get("to_department"):
            self.add_error(None, "请至少勾选一项授权内容。")
        return values

    def terms(self, versions: dict[str, str]) -> list[Terms]:
        """Return what is consented to, by direction; the wordings are those that were shown."""
        values = self.cleaned_data
        return [
            Terms(
                direction=direction,
                groups=[FieldGroup(code) for code in values[direction.value]],
                text_version=versions[direction.value],
                expires_on=values["expires_on"],
                contact_agreed=values["contact_agreed"],
            )
            for direction in Direction
            if values[direction.value]
        ]


class ContestForm(PlainForm):
    """What is not so about a reported drawdown."""

    note = forms.CharField(
        label="与实际不符之处", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = forms.CharField(
        label="凭证说明", required=False, max_length=500, help_text="例如借据编号、到账日期。"
    )


class WhatIfForm(PlainForm):
    """Another amount to try."""

    amount = WanField(label="融资金额（万元）", min_value=1)
