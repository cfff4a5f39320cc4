"""What an institution fills in to answer a referral."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils import timezone

from backend.organizations.actors import Actor
from backend.organizations.lines import at_or_below
from backend.organizations.models import Membership, Organization
from backend.organizations.permissions import Permission
from backend.portal.forms import CodeField, CodesField, DayField, PercentField, PlainForm, WanField
from backend.referrals.enums import DeclineReason, Renewal
from backend.referrals.models import Referral
from backend.referrals.tracks import TRACKS
from matching.vocabulary import COLLATERAL

# The answers, in the order in which they stand on the page.
ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "step": "记录进展",
        "approve": "批准 + 额度",
        "disburse": "放款",
        "decline": "不合适 + 原因",
        "documents": "要求补充材料",
        "assign": "指派下级",
        "hand-over": "移交同事",
        "return": "退回",
    }
)
_NOTE_HELP = "不得包含征信报告内容。"


def _note(label: str = "备注", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=500,
        help_text=_NOTE_HELP,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StepForm(PlainForm):
    """A step of the track: which, when."""

    step = forms.ChoiceField(label="进展")
    date = DayField(label="日期")
    note = _note()

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps
        self.fields["date"].initial = timezone.localdate()


class ApproveForm(PlainForm):
    """The line that was approved."""

    amount_yuan = WanField(label="批准额度（万元）")
    term_months = forms.IntegerField(label="期限（月）", required=False, min_value=1, max_value=600)
    annual_rate = PercentField(label="年化利率（%）", required=False)
    is_green = forms.BooleanField(label="走绿色通道", required=False)
    date = DayField(label="批准日期")
    note = _note()


class DisburseForm(PlainForm):
    """One drawdown."""

    amount_yuan = WanField(label="放款金额（万元）")
    date = DayField(label="放款日期")
    annual_rate = PercentField(label="年化利率（%）", required=False)
    is_first_loan = forms.NullBooleanField(
        label="首贷",
        required=False,
        widget=forms.Select(choices=[("", "不详"), ("true", "是"), ("false", "否")]),
    )
    renewal = CodeField(dict(Renewal.choices), label="新增或续贷", empty="不详", required=False)
    reference = forms.CharField(
        label="机构流水号", required=False, max_length=64, help_text="同日同额多笔放款时必填。"
    )
    security = CodesField(COLLATERAL, label="担保方式", required=False)
    note = _note()


class DeclineForm(PlainForm):
    """Why the institution declines."""

    reasons = CodesField(dict(DeclineReason.choices), label="原因（1–4 项）")
    note = _note("补充说明")


class DocumentsForm(PlainForm):
    """Documents that are missing, one per line."""

    names = forms.CharField(
        label="需要补充的材料",
        help_text="每行一项；企业会看到材料名称，审批计时暂停到补齐为止。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = _note()

    def clean_names(self) -> list[str]:
        """Read one name per line."""
        return [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]


class ReturnForm(PlainForm):
    """Why a referral is given back."""

    note = _note("退回原因", required=True)


class HandOverForm(PlainForm):
    """Which colleague takes over."""

    handler = forms.ChoiceField(label="承办人")
    note = _note()

    def __init__(self, *args: Any, unit: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Membership.objects.active().filter(organization=unit).select_related("user")
        self.fields["handler"].choices = [
            (place.user.username, str(place.user)) for place in places.order_by("pk")
        ]


class AssignForm(PlainForm):
    """Which unit below takes over."""

    unit = forms.ChoiceField(label="承办机构")
    override_reason = _note("超出服务区域或名额时的理由")

    def __init__(self, *args: Any, institution: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = (
            Organization.objects.filter(at_or_below(institution, path="parent"), is_active=True)
            .exclude(pk=institution.pk)
            .order_by("pk")
        )
        self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]


def answer_forms(referral: Referral, *, actor: Actor) -> dict[str, PlainForm]:
    """Return the empty forms of the answers that make sense now."""
    if not actor.has(Permission.REFERRAL_ANSWER):
        return {}
    today = timezone.localdate()
    forms_by_name: dict[str, PlainForm] = {
        "step": StepForm(steps=steps_ahead(referral)),
        "approve": ApproveForm(initial={"date": today}),
        "disburse": DisburseForm(initial={"date": today}),
        "decline": DeclineForm(),
        "documents": DocumentsForm(),
        "return": ReturnForm(),
        "hand-over": HandOverForm(unit=referral.unit),
    }
    if not steps_ahead(referral):
        del forms_by_name["step"]
    if actor.has(Permission.REFERRAL_ASSIGN):
        assign = AssignForm(institution=actor.organization)
        if assign.fields["unit"].choices:
            forms_by_name["assign"] = assign
    for name, form in forms_by_name.items():
        # Several forms stand on one page; a label belongs to the field of its own.
        form.auto_id = f"id_{name}_%s"
    return {name: forms_by_name[name] for name in ANSWERS if name in forms_by_name}


def steps_ahead(referral: Referral) -> list[tuple[str, str]]:
    """Return the steps without money that may follow, in the order of the track."""
    track = TRACKS[referral.track]
    reached = track.place(referral.last_step) if referral.last_step else -1
    return [
        (step.value, step.label)
        for step in track.steps
        if track.place(step) > reached and step not in {track.decided, track.funded}
    ]
