"""Agreements with institutions: nothing is sent without one that holds."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.partners import policies, services
from backend.partners.enums import AgreementStatus
from backend.partners.models import Agreement
from backend.portal.department.account_forms import AgreementForm, EndForm, NewAgreementForm
from backend.portal.department.pages import AskPage, DepartmentPage

SELECTIONS = {"live": "有效", "own": "本部门全部", "all": "本辖区全部"}


class AgreementPage(DepartmentPage):
    """A page about agreements."""

    word = Permission.AGREEMENT_VIEW

    def agreements(self) -> QuerySet[Agreement]:
        """Return the visible agreements with the contacts of both sides."""
        return Agreement.objects.visible_to(self.actor).with_contacts()


class Agreements(AgreementPage):
    """Which agreements there are, and which hold today."""

    title = "合作协议"
    template_name = "portal/department/agreements.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, those that end first at the top."""
        selection = self.selection([*SELECTIONS])
        visible, today = self.agreements(), self.actor.today
        own = visible.filter(department=self.actor.organization)
        chosen = {"live": visible.live_on(today), "own": own, "all": visible}[selection]
        page = self.rows_page(chosen.order_by("valid_until", "pk"))
        return self.show(
            page=page,
            rows=[
                {
                    "agreement": one,
                    "status": AgreementStatus(one.status_on(today)),
                    "may_edit": policies.can_edit_agreement(self.actor, one)
                    and one.ended_at is None,
                }
                for one in page
            ],
            selection=selection,
            selections=SELECTIONS.items(),
            may_register=policies.can_register_agreement(self.actor),
        )


class NewAgreement(AgreementPage):
    """A new agreement of the own department."""

    title = "登记合作协议"
    word = Permission.AGREEMENT_EDIT
    template_name = "portal/department/agreement_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Register the agreement."""
        form = self._form(request.POST)

        def register() -> Agreement:
            values = form.values()
            institution: Organization = values.pop("institution")
            return services.register_agreement(
                actor=self.actor, institution=institution, values=values
            )

        return self.submit(form, register, to=_list_address, done="已登记合作协议。")

    def _form(self, data: Any = None) -> NewAgreementForm:
        return NewAgreementForm(data, actor=self.actor)


class EditAgreement(AgreementPage):
    """An agreement as it stands, and what changes of it."""

    word = Permission.AGREEMENT_EDIT
    template_name = "portal/department/agreement_form.html"

    def get(self, request: HttpRequest, agreement_id: UUID) -> HttpResponse:
        """Show the form as the agreement stands."""
        agreement = self.find(self.agreements(), agreement_id)
        return self.show(form=self._form(agreement), **_context(agreement))

    def post(self, request: HttpRequest, agreement_id: UUID) -> HttpResponse:
        """Keep the changes; the journal keeps what stood there before."""
        agreement = self.find(self.agreements(), agreement_id)
        form = self._form(agreement, request.POST)

        def change() -> Agreement:
            return services.change_agreement(
                actor=self.actor,
                agreement=agreement,
                changes=form.values(),
                expected_revision=self.expected_revision(agreement),
            )

        return self.submit(form, change, to=_list_address, done="已保存。", **_context(agreement))

    def _form(self, agreement: Agreement, data: Any = None) -> AgreementForm:
        return AgreementForm(data, actor=self.actor, agreement=agreement)


class EndAgreement(AskPage):
    """The end of an agreement before its time."""

    title = "终止合作协议"
    word = Permission.AGREEMENT_EDIT
    lead = "终止以后不再据此推送；已推送的对接不受影响。"
    button = "终止协议"
    tone = "danger"
    done = "协议已终止。"

    def load(self, agreement_id: UUID) -> Agreement:
        """Return the agreement."""
        visible = Agreement.objects.visible_to(self.actor)
        return self.find(visible.select_related("institution"), agreement_id)

    def form(self, subject: Agreement, data: Any = None) -> EndForm:
        """Ask for the reason."""
        return EndForm(data)

    def call(self, subject: Agreement, values: dict[str, Any]) -> Agreement:
        """End it."""
        return services.end_agreement(
            actor=self.actor,
            agreement=subject,
            expected_revision=self.expected_revision(subject),
            now=self.now,
            **values,
        )

    def back(self, subject: Agreement) -> str:
        """Lead to the list."""
        return _list_address()

    def context(self, subject: Agreement) -> dict[str, Any]:
        """Say which agreement it is above the form."""
        said = f"{subject.institution.name}：{subject.title}（{subject.document_number}）"
        return super().context(subject) | {"quote": said}


def _list_address(_result: Any = None) -> str:
    return reverse("portal:department_agreements")


def _context(agreement: Agreement) -> dict[str, Any]:
    return {"title": f"修改协议：{agreement.institution.name}", "agreement": agreement}
