"""What is done to a list: edited with reasons, signed, sent, recalled, given up."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from backend.catalogue.models import Product
from backend.common.errors import InvalidInput
from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.portal.department import forms
from backend.portal.department.lists import ListPage, address_of
from backend.portal.department.pages import AskPage
from backend.portal.forms import PlainForm
from backend.referrals.models import ListRow, ReferralList
from backend.referrals.services import approval, dispatch, editing, recall
from backend.referrals.services.sending import Sending, say_fallen


class ListAct(AskPage):
    """A form about one list."""

    form_class: type[PlainForm] = forms.ReasonForm

    def load(self, list_id: UUID) -> ReferralList:
        """Return the list."""
        return self.find(ReferralList.objects.visible_to(self.actor), list_id)

    def form(self, subject: ReferralList, data: Any = None) -> PlainForm:
        """Ask what the call needs."""
        return self.form_class(data)

    def back(self, subject: ReferralList) -> str:
        """Lead to the list."""
        return address_of(subject)

    def told(self, subject: ReferralList) -> dict[str, Any]:
        """Return what every service on a list is told."""
        return {
            "actor": self.actor,
            "referral_list": subject,
            "expected_revision": self.expected_revision(subject),
        }

    def named(self, rows: Any, field: str, code: str, *, by: str = "code") -> Any:
        """Return what a code names among what the actor may know of."""
        found = rows.filter(**{by: code.strip()}).first()
        if found is None:
            raise InvalidInput.of(field, "not_found", f"没有编号为“{code[:60]}”的对象，请核对。")
        return found

    def product(self, code: str) -> Product:
        """Return the product that a code names."""
        products = Product.objects.visible_to(self.actor).select_related("institution")
        return self.named(products, "product", code)


class Submit(ListPage):
    """Signed as 经办 and handed on, by one press."""

    post_word = Permission.LIST_DRAFT

    def post(self, request: HttpRequest, list_id: UUID) -> HttpResponse:
        """Begin a round of signatures."""
        found = self.find(self.lists(), list_id)
        return self.act(
            lambda: approval.submit_list(
                actor=self.actor,
                referral_list=found,
                expected_revision=self.expected_revision(found),
                now=self.now,
            ),
            to=address_of(found),
            done="已送审。",
        )


class Approve(ListAct):
    """The signature in turn."""

    title = "签批清单"
    word = Permission.LIST_APPROVE
    lead = "签批的是清单现在的内容；此后任何修改都会使签批失效。"
    button = "同意"
    done = "已签批。"
    form_class = forms.SignForm

    def call(self, subject: ReferralList, values: dict[str, Any]) -> ReferralList:
        """Sign for the post in turn."""
        return approval.approve_list(**self.told(subject), now=self.now, **values)


class Refuse(ListAct):
    """Sent back to its draft."""

    title = "退回清单"
    word = Permission.LIST_APPROVE
    button = "退回修改"
    tone = "danger"
    done = "已退回修改。"
    form_class = forms.RefuseForm

    def call(self, subject: ReferralList, values: dict[str, Any]) -> ReferralList:
        """Refuse and say why."""
        return approval.refuse_list(**self.told(subject), now=self.now, **values)


class Discard(ListAct):
    """Given up before it was sent."""

    title = "作废清单"
    word = Permission.LIST_DRAFT
    button = "作废"
    tone = "danger"
    done = "清单已作废。"

    def call(self, subject: ReferralList, values: dict[str, Any]) -> ReferralList:
        """Give the list up."""
        return editing.discard_list(**self.told(subject), **values)


class Send(ListAct):
    """Sent to all of its institutions at once."""

    title = "发送清单"
    word = Permission.LIST_SEND
    lead = "发送后清单不可修改，只能撤回；发送时不再符合条件的需求会自动剔除并列明。"
    button = "发送到各机构"
    form_class = forms.SendForm

    def call(self, subject: ReferralList, values: dict[str, Any]) -> Sending:
        """Send the list and say what fell out."""
        sent = dispatch.send(**self.told(subject), now=self.now, **values)
        messages.success(self.request, f"已发送给 {len(sent.sheets)} 家机构。")
        if sent.fallen:
            messages.warning(self.request, f"发送时剔除：{say_fallen(sent.fallen)}")
        return sent


class Recall(ListAct):
    """Taken back, as a whole or from one institution."""

    title = "撤回清单"
    word = Permission.LIST_SEND
    lead = "未答复的推送立即撤回；正在办理的，请求机构退回。已放款的不受影响。"
    button = "撤回"
    tone = "danger"

    def form(self, subject: ReferralList, data: Any = None) -> forms.RecallForm:
        """Ask for the reason, and whether one sheet is meant."""
        sheets = subject.sheets.in_force().for_display().order_by("institution__code")
        return forms.RecallForm(data, sheets=list(sheets))

    def call(self, subject: ReferralList, values: dict[str, Any]) -> recall.Recall:
        """Recall and say what came of it."""
        sheet = self.form(subject).sheets.get(values["sheet"])
        done = recall.recall_list(
            **self.told(subject), reason=values["reason"], sheet=sheet, now=self.now
        )
        messages.success(
            self.request,
            f"已撤回：{len(done.withdrawn)} 项推送已撤回，{len(done.asked)} 项已请机构退回。",
        )
        return done


class AddRow(ListAct):
    """A need put on the list by hand."""

    title = "加入需求"
    word = Permission.LIST_DRAFT
    lead = "加入后清单回到起草状态，需重新送审。"
    button = "加入清单"
    done = "已加入。"

    def form(self, subject: ReferralList, data: Any = None) -> forms.AddRowForm:
        """Ask for both, with what the page that led here names."""
        named = {name: self.request.GET.get(name, "") for name in ("need", "product", "reason")}
        return forms.AddRowForm(data, initial=named)

    def call(self, subject: ReferralList, values: dict[str, Any]) -> ListRow:
        """Put the need on the list for the product's institution."""
        return editing.add_row(
            **self.told(subject),
            need=self.named(Need.objects.visible_to(self.actor), "need", values["need"]),
            product=self.product(values["product"]),
            reason=values["reason"],
        )


class RowAct(ListAct):
    """A form about one row of a list."""

    word = Permission.LIST_DRAFT

    def load(self, list_id: UUID, row_id: UUID) -> ListRow:
        """Return the row, of a list that the actor sees."""
        referral_list = self.find(ReferralList.objects.visible_to(self.actor), list_id)
        row = referral_list.rows.with_names().filter(public_id=row_id).first()
        if row is None:
            raise Http404
        row.referral_list = referral_list
        return row

    def revised(self, subject: ListRow) -> ReferralList:
        """The list carries the revision."""
        return subject.referral_list

    def back(self, subject: ListRow) -> str:
        """Lead to the list."""
        return address_of(subject.referral_list)

    def context(self, subject: ListRow) -> dict[str, Any]:
        """Name the row above the form."""
        return super().context(subject) | {"quote": self.quote(subject)}

    def quote(self, subject: Any) -> str:
        """Name need, firm, institution and product."""
        row = f"{subject.need.code} {subject.need.firm.organization.name}"
        return f"{row} → {subject.institution.name}《{subject.product_version.name}》"


class RemoveRow(RowAct):
    """A row taken off."""

    title = "剔除需求"
    lead = "剔除的行留存备查；清单回到起草状态，需重新送审。"
    button = "剔除"
    tone = "danger"
    done = "已剔除。"

    def call(self, subject: ListRow, values: dict[str, Any]) -> ListRow:
        """Take the row off."""
        told = self.told(subject.referral_list)
        return editing.remove_row(**told, row=subject, now=self.now, **values)


class ChangeProduct(RowAct):
    """Another product of the same institution."""

    title = "更换拟对接产品"
    lead = "清单回到起草状态，需重新送审。"
    button = "更换"
    done = "已更换。"
    form_class = forms.ChangeProductForm

    def call(self, subject: ListRow, values: dict[str, Any]) -> ListRow:
        """Mean the other product."""
        return editing.change_product(
            **self.told(subject.referral_list),
            row=subject,
            product=self.product(values["product"]),
            reason=values["reason"],
            now=self.now,
        )
