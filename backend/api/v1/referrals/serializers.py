"""What is shown of referrals.

An institution is shown of need and firm what the policy on disclosures says, and of the list no
score, no position and nobody else's name.
"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.fields import UnknownAsNullField
from backend.common.clocks import ClockState
from backend.common.workdays import UNCERTAIN_NOTE
from backend.referrals.clocks import ReferralClock
from backend.referrals.counterparts import contact_of_other_side
from backend.referrals.enums import (
    ClockKind,
    DeclineReason,
    OutcomeState,
    ReferralStatus,
    Step,
)
from backend.referrals.models import Drawdown, Referral, ReferralStep
from backend.referrals.progress import ReferralView
from backend.referrals.services.money import line_in_force, standing_drawdowns
from backend.referrals.tracks import TRACK_LABELS, TRACKS

_CLOCK_LABELS = {
    None: "待材料齐全",
    ClockState.RUNNING: "计时中",
    ClockState.PAUSED: "暂停",
    ClockState.OVERDUE: "已逾期",
    ClockState.STOPPED_IN_TIME: "按时完成",
    ClockState.STOPPED_LATE: "逾期完成",
}


class ClockOutput(serializers.Serializer):
    """A clock in Chinese working days."""

    clock = serializers.ChoiceField(choices=ClockKind, source="kind")
    label = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    state_label = serializers.SerializerMethodField()
    workdays_allowed = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    elapsed = serializers.IntegerField(allow_null=True, help_text="已用工作日。")
    remaining = serializers.IntegerField(allow_null=True, help_text="剩余工作日，逾期为负。")
    is_certain = serializers.BooleanField(help_text="所涉年份的节假日安排已公布。")
    note = serializers.SerializerMethodField()

    def get_label(self, clock: ReferralClock) -> str:
        """Name the clock."""
        return clock.kind.label

    def get_state(self, clock: ReferralClock) -> str:
        """Name the state by its code."""
        return "waiting" if clock.state is None else clock.state.value

    def get_state_label(self, clock: ReferralClock) -> str:
        """Name the state."""
        return _CLOCK_LABELS[clock.state]

    def get_note(self, clock: ReferralClock) -> str | None:
        """Say what is uncertain about the day."""
        return None if clock.is_certain else UNCERTAIN_NOTE


class ReferralStepOutput(serializers.Serializer):
    """One thing that happened."""

    step = serializers.ChoiceField(choices=Step)
    label = serializers.CharField(source="get_step_display")
    date = serializers.DateField(source="happened_on")
    recorded_at = serializers.DateTimeField()
    organization = serializers.CharField(source="organization.name", default=None, allow_null=True)
    person = serializers.SerializerMethodField(help_text="本单位人员；他方人员不显示。")
    note = UnknownAsNullField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_person(self, step: ReferralStep) -> str | None:
        """Name people to their own side and to the department only."""
        actor = self.context["actor"]
        own = step.organization_id == actor.organization.pk
        if step.user is None or not (own or actor.is_department):
            return None
        return step.user.display_name


class DocumentOutput(serializers.Serializer):
    """A document that was asked for."""

    name = serializers.CharField()
    asked_at = serializers.DateTimeField()
    given_at = serializers.DateTimeField(allow_null=True)


class LineOutput(serializers.Serializer):
    """The line in force."""

    approved_on = serializers.DateField()
    amount_yuan = serializers.IntegerField()
    term_months = serializers.IntegerField(allow_null=True)
    annual_rate = serializers.FloatField(allow_null=True)
    is_green = serializers.BooleanField()


class DrawdownOutput(serializers.Serializer):
    """A drawdown and whether both sides agree on it."""

    id = serializers.UUIDField(source="public_id")
    reference = UnknownAsNullField()
    date = serializers.DateField(source="drawn_on")
    amount_yuan = serializers.IntegerField()
    annual_rate = serializers.FloatField(allow_null=True)
    security = serializers.ListField(child=serializers.CharField())
    is_first_loan = serializers.BooleanField(allow_null=True)
    renewal = UnknownAsNullField()
    state = serializers.ChoiceField(choices=OutcomeState)
    state_label = serializers.CharField(source="get_state_display")
    reminders = serializers.IntegerField()
    voided_at = serializers.DateTimeField(allow_null=True)
    voided_reason = UnknownAsNullField()


class CounterpartOutput(serializers.Serializer):
    """Whom to call on the other side; a person is named only by their own consent."""

    organization = serializers.CharField()
    unit = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    post = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)


class ReferralRowOutput(serializers.Serializer):
    """A referral as a list shows it."""

    id = serializers.UUIDField(source="public_id")
    status = serializers.ChoiceField(choices=ReferralStatus)
    status_label = serializers.CharField(source="get_status_display")
    track = serializers.CharField()
    track_label = serializers.SerializerMethodField()
    last_step = UnknownAsNullField()
    list_number = serializers.CharField(source="list_row.referral_list.number")
    need = serializers.SerializerMethodField(
        help_text="需求与企业；机构只见企业授权的内容，未授权的为脱敏内容。"
    )
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.name")
    handler = serializers.SerializerMethodField(help_text="承办人账号；仅机构可见。")
    manager_name = serializers.SerializerMethodField(
        help_text="没有平台账号的客户经理；仅机构可见。"
    )
    product = serializers.CharField(source="product_version.product.code")
    product_name = serializers.CharField(source="product_version.name")
    actual_product = UnknownAsNullField(help_text="机构实际对接的产品。")
    alternative = UnknownAsNullField(help_text="机构提出的替代方案。")
    sent_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    next_due_on = serializers.DateField(allow_null=True)
    is_unread = serializers.BooleanField()
    clocks = serializers.SerializerMethodField()
    missing_documents = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField(help_text="现状与下一步；写给企业和部门。")

    def view_of(self, referral: Referral) -> ReferralView:
        """Return what was worked out for the reader."""
        return self.context["views"][referral.pk]

    def get_track_label(self, referral: Referral) -> str:
        """Name the track."""
        return TRACK_LABELS[referral.track]

    @extend_schema_field(serializers.DictField())
    def get_need(self, referral: Referral) -> dict[str, Any]:
        """Describe need and firm as far as the reader may know them."""
        described = self.view_of(referral).described
        if described is not None:
            return described
        firm = referral.need.firm.organization
        return {
            "id": str(referral.need.public_id),
            "code": referral.need.code,
            "firm_name": firm.name,
            "uscc": firm.code,
            "region": firm.region_id,
        }

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_handler(self, referral: Referral) -> str | None:
        """Name the handler to the institution's own people."""
        if referral.handler is None or not self.context["actor"].is_institution:
            return None
        return referral.handler.username

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_manager_name(self, referral: Referral) -> str | None:
        """Name the client manager to the institution's own people."""
        return (referral.manager_name or None) if self.context["actor"].is_institution else None

    @extend_schema_field(ClockOutput(many=True))
    def get_clocks(self, referral: Referral) -> Any:
        """Show the clocks as they stand now."""
        return ClockOutput(self.view_of(referral).clocks, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing_documents(self, referral: Referral) -> list[str]:
        """Name what is missing."""
        return list(self.view_of(referral).missing_documents)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, referral: Referral) -> str | None:
        """Say where it stands and what happens next, as the firm is told."""
        return None if self.context["actor"].is_institution else self.view_of(referral).sentence


class ReferralOutput(ReferralRowOutput):
    """A referral with everything that happened."""

    steps = ReferralStepOutput(many=True)
    track_steps = serializers.SerializerMethodField(help_text="该流程的步骤，按次序。")
    documents = DocumentOutput(many=True)
    line = serializers.SerializerMethodField()
    drawdowns = DrawdownOutput(many=True)
    drawn_yuan = serializers.SerializerMethodField(help_text="未冲销放款合计；不与额度相加。")
    exceeds_line = serializers.SerializerMethodField(
        help_text="放款合计超过批准额度；循环额度还款后再放款时属正常。"
    )
    decline_reasons = serializers.ListField(child=serializers.ChoiceField(choices=DeclineReason))
    is_reason_withheld = serializers.BooleanField()
    decline_note = UnknownAsNullField()
    contact = serializers.SerializerMethodField(
        help_text="对方联系人：企业和部门见机构联系人，机构见企业授权的联系人；未同意公开的不显示姓名。"
    )
    may_report = serializers.SerializerMethodField(help_text="企业授权机构向部门反馈的范围。")

    def get_track_steps(self, referral: Referral) -> list[str]:
        """List the steps of the track."""
        return [step.value for step in TRACKS[referral.track].steps]

    @extend_schema_field(LineOutput(allow_null=True))
    def get_line(self, referral: Referral) -> dict[str, Any] | None:
        """Show the line in force."""
        line = line_in_force(referral)
        return None if line is None else LineOutput(line).data

    def get_drawn_yuan(self, referral: Referral) -> int:
        """Sum what was drawn."""
        return _drawn(referral)

    def get_exceeds_line(self, referral: Referral) -> bool:
        """Tell whether more was drawn than the line in force."""
        line = line_in_force(referral)
        return line is not None and _drawn(referral) > line.amount_yuan

    @extend_schema_field(CounterpartOutput(allow_null=True))
    def get_contact(self, referral: Referral) -> dict[str, Any] | None:
        """Show whom to call on the other side."""
        actor = self.context["actor"]
        described = self.view_of(referral).described
        called = contact_of_other_side(
            referral, actor=actor, described=described, day=timezone.localdate()
        )
        return None if called is None else CounterpartOutput(called).data

    def get_may_report(self, referral: Referral) -> list[str]:
        """Name what may be reported."""
        return sorted(self.view_of(referral).reported)


def _drawn(referral: Referral) -> int:
    drawdowns: list[Drawdown] = standing_drawdowns(referral)
    return sum(drawdown.amount_yuan for drawdown in drawdowns)
