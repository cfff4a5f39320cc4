"""What a host fills in about an activity and those who take part."""

from typing import Any

from django import forms

from backend.activities.enums import ActivityKind
from backend.activities.limits import (
    AWARD_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    MOST_PLACES,
    NOTE_MAX_LENGTH,
    PLACE_MAX_LENGTH,
    SUMMARY_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.activities.models import Activity
from backend.portal.forms import DayField, PlainForm


def _text(label: str, longest: int, rows: int = 3, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, widget=widget, **kwargs)


class ActivityForm(PlainForm):
    """An activity as it is planned."""

    kind = forms.ChoiceField(label="类型", choices=ActivityKind.choices)
    title = forms.CharField(label="活动名称", max_length=TITLE_MAX_LENGTH)
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期（含）", required=False, help_text="当天结束的不必填写。")
    apply_until = DayField(label="报名截止（含）", required=False, help_text="不填写时为开始日期。")
    capacity = forms.IntegerField(
        label="企业名额",
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text="不填写为不限；满额后报名的企业候补。",
    )
    place = forms.CharField(label="地点", required=False, max_length=PLACE_MAX_LENGTH)
    partners = forms.CharField(label="其他协办单位", required=False, max_length=NOTE_MAX_LENGTH)
    description = _text("活动安排", DESCRIPTION_MAX_LENGTH, 6, required=False)

    def __init__(self, data: Any = None, *, activity: Activity | None = None) -> None:
        known = {name: getattr(activity, name) for name in self.base_fields} if activity else {}
        super().__init__(data, initial=known)

    def values(self) -> dict[str, Any]:
        """Return what was filled in; an activity without a last day ends as it starts."""
        values = dict(self.cleaned_data)
        values["ends_on"] = values["ends_on"] or values["starts_on"]
        return values


class HoldForm(PlainForm):
    """How an activity went."""

    summary = _text("活动情况", SUMMARY_MAX_LENGTH, 5, required=False)


class CancelForm(PlainForm):
    """Why an activity is given up."""

    reason = _text("取消原因", NOTE_MAX_LENGTH, help_text="已报名的单位都会看到。")


class RefuseForm(PlainForm):
    """Why somebody is turned down."""

    note = _text("未入选原因", NOTE_MAX_LENGTH, help_text="报名单位会看到。")


class AwardForm(PlainForm):
    """What a firm won."""

    level = forms.CharField(
        label="奖项", max_length=AWARD_MAX_LENGTH, help_text="例如“一等奖”；同时记为企业资质。"
    )
