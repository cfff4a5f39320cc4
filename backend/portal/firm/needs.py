"""A need: written, changed, handed in, taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.catalogue.selectors import list_offering_institutions
from backend.firms.services import choose_firm
from backend.needs import services
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.portal.firm.forms import NeedForm, WithdrawForm, entries_of
from backend.portal.firm.pages import FirmPage


def _address(need: Need) -> str:
    return reverse("portal:firm_need", args=[need.public_id])


def need_form(actor: Actor, **kwargs: Any) -> NeedForm:
    """Return the form with the institutions that offer something to choose from."""
    return NeedForm(institutions=list_offering_institutions(actor), **kwargs)


class NewNeed(FirmPage):
    """A draft, of which nothing has to be complete."""

    title = "发布融资需求"
    word = Permission.NEED_CREATE
    template_name = "portal/firm/need_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form, with the person as the contact."""
        user = self.actor.user
        return self.show(
            form=need_form(
                self.actor,
                initial={"contact_name": user.display_name, "contact_phone": user.phone},
            )
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the draft and show at once what suits it."""
        form = need_form(self.actor, data=request.POST)

        def create() -> Need:
            return services.create_need(
                actor=self.actor,
                firm=choose_firm(self.actor, uscc=None),
                values=form.values(),
                today=self.actor.today,
                now=self.now,
            )

        return self.submit(
            form, create, to=_address, done="已保存为草稿。下面是按已填内容比对的结果。"
        )


class EditNeed(FirmPage):
    """A draft or a returned need, changed."""

    word = Permission.NEED_EDIT
    template_name = "portal/firm/need_form.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show the form as it was kept."""
        need = self.find(self.needs(), need_id)
        return self._show(need, need_form(self.actor, need=need, initial=entries_of(need)))

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Keep the changes."""
        need = self.find(self.needs(), need_id)
        form = need_form(self.actor, need=need, data=request.POST)

        def update() -> Need:
            return services.update_need(
                actor=self.actor,
                need=need,
                changes=form.values(),
                expected_revision=self.expected_revision(need),
            )

        return self.submit(form, update, to=_address, done="已保存。", **self._context(need))

    def _show(self, need: Need, form: NeedForm) -> HttpResponse:
        return self.show(form=form, **self._context(need))

    def _context(self, need: Need) -> dict[str, Any]:
        return {"title": f"修改需求 {need.code}", "need": need}


class SubmitNeed(FirmPage):
    """Handing a need in, by one press."""

    word = Permission.NEED_SUBMIT

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Hand the need to the department."""
        need = self.find(self.needs(), need_id)
        return self.act(
            lambda: services.submit_need(
                actor=self.actor,
                need=need,
                expected_revision=self.expected_revision(need),
                today=self.actor.today,
                now=self.now,
            ),
            to=_address(need),
            done="已提交。科技管理部门核验后开始推送。",
        )


class WithdrawNeed(FirmPage):
    """Taking a need back, with a reason if one likes."""

    word = Permission.NEED_WITHDRAW
    template_name = "portal/firm/withdraw.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Say what taking back means."""
        need = self.find(self.needs(), need_id)
        return self.show(title="撤回需求", need=need, form=WithdrawForm())

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Take the need back."""
        need = self.find(self.needs(), need_id)
        form = WithdrawForm(request.POST)

        def withdraw() -> Need:
            return services.withdraw_need(
                actor=self.actor,
                need=need,
                reason=form.cleaned_data["reason"],
                expected_revision=self.expected_revision(need),
                now=self.now,
            )

        return self.submit(
            form, withdraw, to=_address, done="需求已撤回，机构端同时撤下。", need=need
        )
