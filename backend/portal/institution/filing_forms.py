"""What an institution fills in about a period."""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms

from backend.filings.enums import MONTHS_OF, PeriodKind
from backend.filings.models import LARGEST, TEXT_MAX_LENGTH
from backend.portal.forms import PlainForm, WanField
from backend.portal.periods import period_name

_OFFERED = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 3}


class FilingForm(PlainForm):
    """The figures of a period; amounts disbursed and balance are never added."""

    firms_served = forms.IntegerField(
        label="服务科技企业（户）",
        min_value=0,
        max_value=LARGEST,
        help_text="期间内有业务往来的户数。",
    )
    loans = forms.IntegerField(
        label="贷款笔数",
        min_value=0,
        max_value=LARGEST,
        required=False,
        help_text="不掌握时留空，不要填 0。",
    )
    disbursed_yuan = WanField(label="期间投放金额（万元）")
    balance_yuan = WanField(label="期末余额（万元）")
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=TEXT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def values(self) -> dict[str, Any]:
        """Return what was filled in as the service takes it."""
        return dict(self.cleaned_data)


class NewFilingForm(FilingForm):
    """A period that is over, and its figures."""

    period = forms.ChoiceField(label="期间")
    reason = forms.CharField(
        label="更正原因",
        required=False,
        max_length=TEXT_MAX_LENGTH,
        help_text="仅在更正已签报的期间时填写；原版本会保留。",
    )
    field_order = ["period", "firms_served", "loans", "disbursed_yuan", "balance_yuan"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [
            (
                kind.label,
                [(f"{kind.value} {day}", period_name(kind, day)) for day in _over(kind, today)],
            )
            for kind in PeriodKind
        ]

    def values(self) -> dict[str, Any]:
        """Return the period apart, as the service takes it."""
        values = super().values()
        kind, begins = values.pop("period").split()
        return values | {"period_kind": kind, "period_from": date.fromisoformat(begins)}


def _over(kind: PeriodKind, today: date) -> list[date]:
    """Return the first days of the periods that are over, the latest first."""
    months = MONTHS_OF[kind]
    current = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    return [current - relativedelta(months=months * back) for back in range(1, _OFFERED[kind] + 1)]
