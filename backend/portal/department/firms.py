"""One firm of the department's region: its record, its qualifications, what others found of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.firms import evaluations
from backend.firms.enums import EvaluationSource
from backend.firms.models import Firm, FirmEvaluation
from backend.organizations.permissions import Permission
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.portal.evaluations import (
    LEAD,
    DepartmentEvaluationForm,
    RetractionPage,
    evaluations_shown,
)


class FirmDetail(DepartmentPage):
    """What is on record of one firm."""

    word = Permission.FIRM_VIEW
    template_name = "portal/department/firm.html"

    def get(self, request: HttpRequest, firm_id: UUID) -> HttpResponse:
        """Show the record."""
        firm = self.find(Firm.objects.visible_to(self.actor).with_organization(), firm_id)
        held = firm.qualifications.order_by("code", "valid_from")
        return self.show(
            title=firm.organization.name,
            firm=firm,
            qualifications=[(one, one.standing_on(self.actor.today)) for one in held],
            evaluations=evaluations_shown(self.actor, firm),
            may_edit=self.actor.has(Permission.FIRM_EDIT),
        )


class _AskAboutFirm(AskPage):
    """A form about a firm's record."""

    word = Permission.FIRM_EDIT

    def firms(self) -> Any:
        """Return the visible firms."""
        return Firm.objects.visible_to(self.actor).with_organization()

    def firm_page(self, firm: Firm) -> str:
        """Lead to the firm."""
        return reverse("portal:department_needs_firm", args=[firm.public_id])


class NewEvaluation(_AskAboutFirm):
    """A result that a third party or the department handed in."""

    title = "登记第三方评价"
    button = "登记"
    lead = LEAD
    done = "已登记。"

    def load(self, firm_id: UUID) -> Firm:
        """Return the firm."""
        return self.find(self.firms(), firm_id)

    def form(self, subject: Firm, data: Any = None) -> DepartmentEvaluationForm:
        """Ask for the result."""
        return DepartmentEvaluationForm(data)

    def call(self, subject: Firm, values: dict[str, Any]) -> FirmEvaluation:
        """Record it."""
        return evaluations.record_evaluation(
            actor=self.actor,
            firm=subject,
            kind=values.pop("kind"),
            source=EvaluationSource(values.pop("source")),
            values=values,
            now=self.now,
        )

    def back(self, subject: Firm) -> str:
        """Lead to the firm."""
        return self.firm_page(subject)


class RetractEvaluation(RetractionPage, _AskAboutFirm):
    """A result that should not have been recorded."""

    def back(self, subject: FirmEvaluation) -> str:
        """Lead to the firm."""
        return self.firm_page(subject.firm)
