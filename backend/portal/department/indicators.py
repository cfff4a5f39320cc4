"""Figures that officers enter from papers: each with its source and date, every version kept."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.filings import services
from backend.filings.enums import Measure, Unit
from backend.filings.models import LARGEST, NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Indicator
from backend.organizations.permissions import Permission
from backend.portal.department.forms import text
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.portal.forms import DayField, PlainForm
from backend.reference.regions import lies_in, list_region_choices

SELECTIONS = {"latest": "现行版本", "all": "全部版本"}


class IndicatorForm(PlainForm):
    """A figure with the paper that it comes from."""

    measure = forms.ChoiceField(label="指标类别", choices=Measure.choices)
    name = forms.CharField(label="指标名称", max_length=NAME_MAX_LENGTH)
    value = forms.IntegerField(
        label="数值", min_value=0, max_value=LARGEST, help_text="整数；金额以元计，不填比率。"
    )
    unit = forms.ChoiceField(label="单位", choices=Unit.choices)
    covers_from = DayField(
        label="统计期起", required=False, help_text="不填写表示截至止日的累计数。"
    )
    covers_until = DayField(label="统计期止（不含）")
    source = forms.CharField(
        label="来源文件或依据", max_length=TEXT_MAX_LENGTH, help_text="例如文号、统计表名称。"
    )
    source_on = DayField(label="来源日期")
    note = forms.CharField(label="备注", required=False, max_length=TEXT_MAX_LENGTH)


class NewIndicatorForm(IndicatorForm):
    """A figure about one of the regions below."""

    region = forms.ChoiceField(label="地区")

    field_order = ("region",)

    def __init__(self, data: Any = None, *, region: str) -> None:
        super().__init__(data, initial={"region": region})
        self.fields["region"].choices = [
            (code, name) for code, name in list_region_choices() if lies_in(code, region)
        ]


class CorrectionForm(IndicatorForm):
    """The next version, and why there is one."""

    reason = text("更正原因", TEXT_MAX_LENGTH)

    def __init__(self, data: Any = None, *, indicator: Indicator) -> None:
        known = {name: getattr(indicator, name) for name in IndicatorForm.base_fields}
        super().__init__(data, initial=known)


class WithdrawalForm(PlainForm):
    """Why a figure does not stand any more."""

    reason = text("撤销原因", TEXT_MAX_LENGTH)


class Indicators(DepartmentPage):
    """What was entered for the own region and those below."""

    title = "填报指标"
    word = Permission.INDICATOR_VIEW
    template_name = "portal/department/indicators.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the latest versions, or all."""
        selection = self.selection([*SELECTIONS])
        rows = Indicator.objects.visible_to(self.actor)
        if selection == "latest":
            rows = rows.filter(replaced_by__isnull=True, is_withdrawn=False)
        rows = rows.select_related("department", "region", "replaced_by")
        return self.show(
            page=self.rows_page(rows.order_by("-covers_until", "-pk")),
            selection=selection,
            selections=SELECTIONS.items(),
            may_edit=self.actor.has(Permission.INDICATOR_EDIT),
        )


class NewIndicator(DepartmentPage):
    """A figure from a paper."""

    title = "填报指标"
    word = Permission.INDICATOR_EDIT
    template_name = "portal/department/indicator_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Enter it."""
        form = self._form(request.POST)

        def enter() -> Indicator:
            values = dict(form.cleaned_data)
            return services.enter_indicator(
                actor=self.actor, region=values.pop("region"), values=values, now=self.now
            )

        return self.submit(form, enter, to=_list_address, done="已填报，列入定期报告。")

    def _form(self, data: Any = None) -> NewIndicatorForm:
        return NewIndicatorForm(data, region=self.actor.region)


class _AskAboutIndicator(AskPage):
    """A form that leads to the next version of a figure."""

    word = Permission.INDICATOR_EDIT

    def load(self, indicator_id: UUID) -> Indicator:
        """Return the figure."""
        return self.find(self._visible(), indicator_id)

    def back(self, subject: Indicator) -> str:
        """Lead to the list."""
        return _list_address()

    def told(self, subject: Indicator) -> dict[str, Any]:
        """Return what both services are told."""
        return {"actor": self.actor, "indicator": subject, "now": self.now}

    def _visible(self) -> QuerySet[Indicator]:
        return Indicator.objects.visible_to(self.actor).select_related("region", "department")


class CorrectIndicator(_AskAboutIndicator):
    """The next version of a figure."""

    title = "更正指标"
    lead = "原版本保留；此前日期的报告仍按原版本。"
    button = "保存新版本"
    done = "已保存新版本。"

    def form(self, subject: Indicator, data: Any = None) -> CorrectionForm:
        """Ask for what is different, and why."""
        return CorrectionForm(data, indicator=subject)

    def call(self, subject: Indicator, values: dict[str, Any]) -> Indicator:
        """Write the next version."""
        reason = values.pop("reason")
        return services.correct_indicator(**self.told(subject), changes=values, reason=reason)


class WithdrawIndicator(_AskAboutIndicator):
    """That a figure does not stand any more."""

    title = "撤销指标"
    button = "撤销"
    tone = "danger"
    done = "已撤销，今后的报告不再列出。"

    def form(self, subject: Indicator, data: Any = None) -> WithdrawalForm:
        """Ask why."""
        return WithdrawalForm(data)

    def call(self, subject: Indicator, values: dict[str, Any]) -> Indicator:
        """Withdraw it."""
        return services.withdraw_indicator(**self.told(subject), **values)

    def context(self, subject: Indicator) -> dict[str, Any]:
        """Say which figure it is above the form."""
        said = f"{subject.name}：{subject.value:,}{subject.get_unit_display()}"
        return super().context(subject) | {"quote": said}


def _list_address(_result: Any = None) -> str:
    return reverse("portal:department_indicators")
