"""What an institution fills in about projects of the library."""

from typing import Any

from django import forms
from django.utils import timezone

from backend.activities.enums import IntentLevel
from backend.activities.limits import NOTE_MAX_LENGTH
from backend.activities.models import Intent
from backend.portal.forms import DayField, PlainForm, WanField


class DeclareForm(PlainForm):
    """How far the institution is with a project, and what it names."""

    level = forms.ChoiceField(label="进展", choices=IntentLevel.choices)
    amount_yuan = WanField(
        label="意向金额（万元）",
        required=False,
        help_text="达成意向、已投资必须填写；不计入授信和放款。",
    )
    date = DayField(label="日期")
    note = forms.CharField(
        label="想对企业说的话",
        required=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = timezone.localdate()

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        given = self.cleaned_data
        return {
            "level": IntentLevel(given["level"]),
            "amount_yuan": given["amount_yuan"],
            "note": given["note"],
            "happened_on": given["date"],
        }


class AdvanceForm(DeclareForm):
    """The same, from the level reached onwards."""

    def __init__(self, *args: Any, intent: Intent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = list(IntentLevel)
        ahead = order[order.index(IntentLevel(intent.level)) :]
        self.fields["level"].choices = [(one.value, one.label) for one in ahead]
        self.fields["amount_yuan"].help_text = "不填则沿用已登记的金额；不计入授信和放款。"


class DropForm(PlainForm):
    """Why an intent is given up."""

    note = forms.CharField(
        label="放弃说明",
        required=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
