"""What a department's officers fill in."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from backend.matches.enums import RunStatus
from backend.matches.models import LONGEST_LIST, MatchRun
from backend.matches.services import DEFAULT_TOP
from backend.needs.limits import REASON_MAX_LENGTH as NEED_REASON_MAX_LENGTH
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.partners.selectors import list_live_agreements
from backend.portal.forms import DayField, PlainForm, WanField
from backend.recommendations.models import TEXT_MAX_LENGTH
from backend.referrals import limits
from backend.referrals.models import Sheet
from backend.referrals.models.referrals import NOTE_MAX_LENGTH
from backend.referrals.services.drafting import DEFAULT_FAN_OUT
from backend.referrals.services.matters import AGENCY_NAME_MAX_LENGTH

_SHOWN_RUNS = 20


def text(label: str, longest: int, *, required: bool = True, **kwargs: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
        **kwargs,
    )


class NeedReturnForm(PlainForm):
    """What the firm has to mend."""

    reason = text("退回原因", NEED_REASON_MAX_LENGTH, help_text="企业会看到，请写明要补充什么。")


class BatchForm(PlainForm):
    """What is done with the ticked rows of a queue, each as ``id:revision`` of what was seen."""

    act = forms.ChoiceField(
        choices=[("verify", "核验"), ("return", "退回"), ("undo", "撤销")], required=False
    )
    reason = forms.CharField(required=False, max_length=NEED_REASON_MAX_LENGTH)

    def clean(self) -> dict[str, Any]:
        """Read which needs were ticked and the revision that was seen of each."""
        act, reason = self.cleaned_data.get("act") or "verify", self.cleaned_data.get("reason", "")
        ticked = {}
        for value in self.data.getlist("need"):
            key, _, revision = value.partition(":")
            if revision.isascii() and revision.isdigit():
                ticked[key] = int(revision)
        if not ticked:
            raise forms.ValidationError("请先勾选需求。", code="nothing_ticked")
        if act == "return" and not reason and "reason" not in self.errors:
            raise forms.ValidationError("请填写退回原因。", code="required")
        return {"act": act, "ticked": ticked, "reason": reason}


class RecommendationVerifyForm(PlainForm):
    """A note to a verification."""

    note = text("核验意见", TEXT_MAX_LENGTH, required=False)


class RecommendationReturnForm(PlainForm):
    """What the recommending department has to mend."""

    reason = text("退回原因", TEXT_MAX_LENGTH)


class DraftForm(PlainForm):
    """What a list is drafted from."""

    run = forms.ChoiceField(
        label="匹配批次",
        help_text="只列入批次中仍可推送的需求；按当前的产品、授权、协议和机构名额重新分配。",
    )
    per_need = forms.IntegerField(
        label="每项需求最多推送的机构数",
        min_value=1,
        max_value=limits.LARGEST_FAN_OUT,
        initial=DEFAULT_FAN_OUT,
    )
    title = forms.CharField(
        label="标题",
        required=False,
        max_length=limits.TITLE_MAX_LENGTH,
        help_text="不填写时为“科技企业融资需求清单”加当天日期。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = (
            MatchRun.objects.visible_to(actor)
            .filter(status=RunStatus.FINISHED)
            .select_related("region")
        )
        self.runs = {str(run.public_id): run for run in runs[:_SHOWN_RUNS]}
        self.fields["run"].choices = [
            (key, f"{'最新：' if not at else ''}{_say_run(run)}")
            for at, (key, run) in enumerate(self.runs.items())
        ]


def _say_run(run: MatchRun) -> str:
    started = timezone.localtime(run.started_at)
    return (
        f"{run.region.full_name}，{started.year}年{started.month}月{started.day}日"
        f" {started:%H:%M}，{run.needs_total} 项需求"
    )


class ReasonForm(PlainForm):
    """A reason that is kept with the change."""

    reason = text("理由", limits.REASON_MAX_LENGTH, help_text="随清单留存。")


class AddRowForm(PlainForm):
    """A need and the product that is meant for it, by the codes that people read."""

    need = forms.CharField(label="需求编号", max_length=20)
    product = forms.CharField(label="产品代码", max_length=64, help_text="推送给该产品的机构。")
    reason = text("加入理由", limits.REASON_MAX_LENGTH)


class ChangeProductForm(PlainForm):
    """Another product of the same institution."""

    product = forms.CharField(label="产品代码", max_length=64, help_text="须为同一机构的产品。")
    reason = text("更换理由", limits.REASON_MAX_LENGTH)


class SignForm(PlainForm):
    """A signature."""

    note = text("签批意见", limits.REASON_MAX_LENGTH, required=False)


class RefuseForm(PlainForm):
    """Why the list goes back."""

    note = text("退回原因", limits.REASON_MAX_LENGTH)


class SendForm(PlainForm):
    """What a sending says of itself."""

    document_number = forms.CharField(
        label="文号",
        max_length=limits.DOCUMENT_NUMBER_MAX_LENGTH,
        help_text="如 吉科函〔2026〕12号。",
    )
    basis = text("授权依据", limits.BASIS_MAX_LENGTH)
    answer_by = DayField(label="反馈截止日")


class RecallForm(PlainForm):
    """Why, and whether only one institution's sheet."""

    sheet = forms.ChoiceField(label="撤回范围", required=False)
    reason = text("撤回原因", limits.REASON_MAX_LENGTH)

    def __init__(self, *args: Any, sheets: list[Sheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = {str(sheet.public_id): sheet for sheet in sheets}
        self.fields["sheet"].choices = [
            ("", "整份清单"),
            *((key, f"只撤回：{sheet.institution.name}") for key, sheet in self.sheets.items()),
        ]


class ConfirmNextForm(PlainForm):
    """Where a need goes next."""

    institution = forms.ChoiceField(label="顺延至", required=False)
    note = text("说明", NOTE_MAX_LENGTH, required=False, help_text="改选其他机构时必填。")

    def __init__(
        self, *args: Any, actor: Actor, proposed: Organization | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        agreed = list_live_agreements(
            department=actor.organization,
            institution_ids=list(_institutions().values_list("pk", flat=True)),
            day=actor.today,
        )
        partners = _institutions().filter(pk__in=agreed).order_by("name", "pk")
        first = f"建议机构：{proposed.name}" if proposed else "请选择（企业未指定）"
        self.fields["institution"].choices = [
            ("", first),
            *((one.code, one.name) for one in partners if one != proposed),
        ]


def _institutions() -> QuerySet[Organization]:
    return Organization.objects.filter(kind=OrganizationKind.INSTITUTION, is_active=True)


class DeclineNextForm(PlainForm):
    """Why a need stays where it is."""

    reason = text("不予顺延的理由", NOTE_MAX_LENGTH)


class ReconcileForm(PlainForm):
    """What the department found."""

    amount_yuan = WanField(label="核实金额（万元）", help_text="0 表示没有放款。")
    note = text("核实情况", NOTE_MAX_LENGTH)


class MatterForm(PlainForm):
    """Who deals with a matter, how, and by when."""

    agency = forms.ChoiceField(label="牵头单位", required=False)
    agency_name = forms.CharField(
        label="未入驻平台的牵头单位名称", required=False, max_length=AGENCY_NAME_MAX_LENGTH
    )
    due_on = DayField(label="办理期限", required=False)
    measure = text("协调措施", NOTE_MAX_LENGTH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Organization.objects.filter(
            kind=OrganizationKind.DEPARTMENT, is_active=True
        ).order_by("region", "name", "pk")
        self.fields["agency"].choices = [
            ("", "未入驻平台（另填名称）"),
            *((one.code, one.name) for one in departments),
        ]


class RepairForm(PlainForm):
    """How a matter was settled."""

    result = text("办理结果", NOTE_MAX_LENGTH)
    reopens = forms.BooleanField(label="同时恢复该推送（二次对接）", required=False)


class RunForm(PlainForm):
    """What a new run may be told."""

    as_of = DayField(label="计算日期", required=False, help_text="不填写为今天。")
    top = forms.IntegerField(
        label="每项需求保留的匹配数", min_value=1, max_value=LONGEST_LIST, initial=DEFAULT_TOP
    )
