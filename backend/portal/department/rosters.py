"""Rosters of firms with a qualification: drafted by criteria, edited with reasons.

They are signed, sent and recalled like every list.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.urls import reverse

from backend.firms.models import Firm
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.partners.selectors import list_partners
from backend.portal.department.forms import ReasonForm, text
from backend.portal.department.list_acts import ListAct, RowAct
from backend.portal.department.lists import address_of
from backend.portal.department.pages import AskPage
from backend.portal.department.scopes import regions_of
from backend.portal.forms import CodeField, CodesField, DayField, PlainForm
from backend.referrals import limits
from backend.referrals.models import ReferralList, RosterRow
from backend.referrals.services import rosters
from matching.vocabulary import QUALIFICATIONS


class RosterForm(PlainForm):
    """Which firms a roster is drawn from, and for whom."""

    qualifications = CodesField(
        QUALIFICATIONS, label="资质", help_text="持有其中任一项的企业列入。"
    )
    region = forms.CharField()
    held_on = DayField(label="资质有效日", required=False, help_text="不填写为今天。")
    institutions = forms.MultipleChoiceField(
        label="发送机构",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾选为全部有有效合作协议的机构；只列入已同意列入该机构名单的企业。",
    )
    title = forms.CharField(
        label="标题",
        required=False,
        max_length=limits.TITLE_MAX_LENGTH,
        help_text="不填写时为“科技企业名单”加当天日期。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = CodeField(
            regions_of(actor), label="地区", empty="本部门辖区", required=False
        )
        self.partners = _partners(actor)
        self.fields["institutions"].choices = [
            (code, partner.name) for code, partner in self.partners.items()
        ]


def _partners(actor: Actor) -> dict[str, Organization]:
    found = list_partners(department=actor.organization, day=actor.today)
    return {one.code: one for one in found.order_by("name", "pk")}


class FirmForm(PlainForm):
    """A firm and the institution that it is named to."""

    uscc = forms.CharField(
        label="统一社会信用代码", max_length=18, help_text="企业须已同意列入发送给该机构的名单。"
    )
    institution = forms.ChoiceField(label="机构")
    reason = text("列入理由", limits.REASON_MAX_LENGTH, help_text="随名单留存。")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = _partners(actor)
        self.fields["institution"].choices = [
            ("", "请选择"),
            *((code, partner.name) for code, partner in self.partners.items()),
        ]


class DraftRoster(AskPage):
    """A new roster, by qualification, region and day."""

    title = "起草企业名单"
    word = Permission.LIST_DRAFT
    lead = "列出持有某项资质、且同意列入名单的企业；不涉及融资需求，按清单的程序送审、签批、发送。"
    button = "起草名单"
    done = "名单已起草。请检查在列的企业，再送审。"

    def load(self) -> None:
        """Nothing is named."""
        return

    def form(self, subject: None, data: Any = None) -> RosterForm:
        """Ask which firms, and for whom."""
        return RosterForm(data, actor=self.actor)

    def call(self, subject: None, values: dict[str, Any]) -> ReferralList:
        """Draw the roster on the consents and agreements of now."""
        chosen = set(values.pop("institutions"))
        partners = RosterForm(actor=self.actor).partners
        return rosters.draft_roster(
            actor=self.actor,
            institutions=[partners[code] for code in sorted(chosen)] if chosen else None,
            now=self.now,
            **values | {"region": values["region"] or None},
        )

    def back(self, subject: None) -> str:
        """Lead to the lists."""
        return reverse("portal:department_lists")

    def onward(self, subject: None, result: ReferralList) -> str:
        """Lead to the new roster."""
        return address_of(result)


class AddFirm(ListAct):
    """A firm put on the roster by hand."""

    title = "列入企业"
    word = Permission.LIST_DRAFT
    lead = "列入后名单回到起草状态，需重新送审。"
    button = "列入名单"
    done = "已列入。"

    def form(self, subject: ReferralList, data: Any = None) -> FirmForm:
        """Ask which firm, for whom and why."""
        return FirmForm(data, actor=self.actor)

    def call(self, subject: ReferralList, values: dict[str, Any]) -> RosterRow:
        """Name the firm to the institution."""
        visible = Firm.objects.visible_to(self.actor).select_related("organization")
        return rosters.add_firm(
            **self.told(subject),
            firm=self.named(visible, "uscc", values["uscc"], by="organization__code"),
            institution=FirmForm(actor=self.actor).partners[values["institution"]],
            reason=values["reason"],
        )


class RemoveFirm(RowAct):
    """A firm taken off."""

    title = "剔除企业"
    lead = "剔除的行留存备查；名单回到起草状态，需重新送审。"
    button = "剔除"
    tone = "danger"
    done = "已剔除。"
    form_class = ReasonForm

    def load(self, list_id: UUID, firm_row_id: UUID) -> RosterRow:
        """Return the row, of a roster that the actor sees."""
        referral_list = self.find(ReferralList.objects.visible_to(self.actor), list_id)
        row = referral_list.roster_rows.with_names().filter(public_id=firm_row_id).first()
        if row is None:
            raise Http404
        row.referral_list = referral_list
        return row

    def quote(self, subject: RosterRow) -> str:
        """Name the firm and the institution."""
        return f"{subject.firm.organization.name} → {subject.institution.name}"

    def call(self, subject: RosterRow, values: dict[str, Any]) -> RosterRow:
        """Take the firm off."""
        told = self.told(subject.referral_list)
        return rosters.remove_firm(**told, row=subject, now=self.now, **values)
