"""What third parties found of the firm: recorded by it, and retracted where it was a mistake."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from backend.firms import evaluations
from backend.firms.enums import EvaluationSource
from backend.firms.models import Firm, FirmEvaluation
from backend.organizations.permissions import Permission
from backend.portal import asking
from backend.portal.evaluations import LEAD, EvaluationForm, RetractionForm
from backend.portal.firm.pages import FirmPage
from backend.portal.firm.profile import FiguresPage


class NewEvaluation(FiguresPage):
    """A result of a third party."""

    title = "登记第三方评价"
    lead = LEAD

    def make_form(self, **kwargs: Any) -> EvaluationForm:
        """Return the form."""
        return EvaluationForm(**kwargs)

    def record(self, form: EvaluationForm, firm: Firm) -> FirmEvaluation:
        """Record the result."""
        values = dict(form.cleaned_data)
        return evaluations.record_evaluation(
            actor=self.actor,
            firm=firm,
            kind=values.pop("kind"),
            source=EvaluationSource.FIRM,
            values=values,
            now=self.now,
        )


class RetractEvaluation(asking.AskPage, FirmPage):
    """A result that should not have been recorded."""

    title = "撤销第三方评价"
    word = Permission.FIRM_EDIT
    button = "撤销"
    tone = "danger"
    lead = "记录不会删除，撤销原因一并保留；更正请撤销后重新登记。"
    done = "已撤销。"

    def load(self, evaluation_id: UUID) -> FirmEvaluation:
        """Return the evaluation."""
        rows = FirmEvaluation.objects.filter(firm__in=Firm.objects.visible_to(self.actor))
        return self.find(rows.select_related("firm"), evaluation_id)

    def form(self, subject: FirmEvaluation, data: Any = None) -> RetractionForm:
        """Ask for the reason."""
        return RetractionForm(data)

    def call(self, subject: FirmEvaluation, values: dict[str, Any]) -> FirmEvaluation:
        """Retract it."""
        return evaluations.retract_evaluation(
            actor=self.actor, evaluation=subject, now=self.now, **values
        )

    def back(self, subject: FirmEvaluation) -> str:
        """Lead to the profile."""
        return reverse("portal:firm_profile")
