"""What third parties found of the firm: recorded by it, and retracted where it was a mistake."""

from typing import Any

from django.urls import reverse

from backend.firms import evaluations
from backend.firms.enums import EvaluationSource
from backend.firms.models import Firm, FirmEvaluation
from backend.portal.evaluations import LEAD, EvaluationForm, RetractionPage
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


class RetractEvaluation(RetractionPage, FirmPage):
    """A result that should not have been recorded."""

    def back(self, subject: FirmEvaluation) -> str:
        """Lead to the profile."""
        return reverse("portal:firm_profile")
