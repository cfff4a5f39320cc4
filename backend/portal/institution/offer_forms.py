"""What an institution fills in about a preferential policy."""

from typing import Any

from django import forms

from backend.catalogue.content import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, NOTE_MAX_LENGTH
from backend.catalogue.models import Policy
from backend.portal.forms import DayField, PlainForm
from backend.portal.institution.choices import YesNoField, offer_regions


class PolicyForm(PlainForm):
    """A preferential policy for technology firms."""

    title = forms.CharField(label="标题", max_length=NAME_MAX_LENGTH)
    content = forms.CharField(
        label="内容", max_length=DESCRIPTION_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": 6})
    )
    rate_benefit = forms.CharField(
        label="利率优惠",
        required=False,
        max_length=NAME_MAX_LENGTH,
        help_text="如“LPR 减 20 个基点”。",
    )
    valid_from = DayField(label="有效期起", required=False)
    valid_until = DayField(label="有效期止（不含当日）", required=False)
    green_quota = YesNoField("额度优先")
    green_approval = YesNoField("审批优先")
    green_disbursement = YesNoField("投放优先")
    regions = forms.MultipleChoiceField(
        label="适用地区",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不选表示不限。",
    )
    note = forms.CharField(label="备注", required=False, max_length=NOTE_MAX_LENGTH)

    def __init__(self, data: Any = None, *, policy: Policy | None = None, **kwargs: Any) -> None:
        if policy is not None:
            kwargs["initial"] = {name: getattr(policy, name) for name in self.base_fields}
        super().__init__(data, **kwargs)
        stated = policy.regions if policy else None
        self.near_regions = offer_regions(self.fields["regions"], stated)

    def values(self) -> dict[str, Any]:
        """Return what was filled in as the service takes it."""
        values = dict(self.cleaned_data)
        values["regions"] = values["regions"] or None
        return values
