"""What firms' and departments' pages about evaluations by third parties share."""

from typing import Any
from uuid import UUID

from django import forms

from backend.firms.enums import EvaluationKind, EvaluationSource, Standing
from backend.firms.evaluation_records import (
    DOCUMENT_NUMBER_MAX_LENGTH,
    EVALUATOR_MAX_LENGTH,
    GRADE_MAX_LENGTH,
    LARGEST_SCALE,
    MOST_PATENTS,
    REASON_MAX_LENGTH,
)
from backend.firms.evaluations import may_retract, retract_evaluation
from backend.firms.models import Firm, FirmEvaluation
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.portal import asking
from backend.portal.forms import CodeField, DayField, PlainForm, WanField

LEAD = "按评价报告或公布的结果填写。只登记所列三类评价；平台不保存征信数据，也不作信用评价。"
_BY_DEPARTMENTS = {
    source.value: source.label
    for source in (EvaluationSource.DEPARTMENT, EvaluationSource.EVALUATOR)
}


def evaluations_shown(actor: Actor, firm: Firm) -> list[tuple[FirmEvaluation, Standing, bool]]:
    """Return a firm's evaluations, whether each counts today and whether one may retract it."""
    return [
        (row, row.standing_on(actor.today), may_retract(actor, row))
        for row in firm.evaluations.all()
    ]


def _number(label: str, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, max_value=LARGEST_SCALE, decimal_places=2, **kwargs
    )


class EvaluationForm(PlainForm):
    """A result of a third party."""

    kind = CodeField(dict(EvaluationKind.choices), label="评价类别")
    evaluator = forms.CharField(label="评价机构", max_length=EVALUATOR_MAX_LENGTH)
    evaluator_uscc = forms.CharField(
        label="评价机构统一社会信用代码", required=False, max_length=18
    )
    evaluated_on = DayField(label="评价日期")
    valid_until = DayField(
        label="有效期止", required=False, help_text="这一天起不再有效；长期有效的不填。"
    )
    score = _number("得分", help_text="企业创新积分填写。")
    scale = _number("满分", help_text="企业创新积分填写，例如 100。")
    value_yuan = WanField(
        label="评估价值（万元）", required=False, help_text="知识产权价值评估填写。"
    )
    patents = forms.IntegerField(
        label="评估专利数（件）",
        required=False,
        max_value=MOST_PATENTS,
        help_text="知识产权价值评估填写。",
    )
    grade = forms.CharField(
        label="评价等级",
        required=False,
        max_length=GRADE_MAX_LENGTH,
        help_text="科技成果评价填写，例如“国内领先”。",
    )
    document_number = forms.CharField(
        label="报告编号", required=False, max_length=DOCUMENT_NUMBER_MAX_LENGTH
    )


class DepartmentEvaluationForm(EvaluationForm):
    """The same, handed in by a department or an evaluator."""

    source = CodeField(_BY_DEPARTMENTS, label="来源")


class RetractionForm(PlainForm):
    """Why an evaluation should not have been recorded."""

    reason = forms.CharField(
        label="撤销原因", max_length=REASON_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )


class RetractionPage(asking.AskPage):
    """A result that should not have been recorded; each role says where it leads back to."""

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
        return retract_evaluation(actor=self.actor, evaluation=subject, now=self.now, **values)
