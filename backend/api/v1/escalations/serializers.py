"""What is read and shown of escalations."""

from rest_framework import serializers

from backend.api.fields import TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer
from backend.referrals.enums import CaseState, ClockKind
from backend.referrals.models.referrals import NOTE_MAX_LENGTH


class ConfirmNextInput(StrictSerializer):
    """Where the need goes next; the proposed institution unless another is named."""

    institution = TextField(required=False, max_length=64, help_text="机构代码，缺省为建议机构。")
    note = TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=NOTE_MAX_LENGTH,
        help_text="改选其他机构时必填。",
    )


class DeclineNextInput(StrictSerializer):
    """Why the need stays where it is."""

    reason = TextField(max_length=NOTE_MAX_LENGTH)


class EscalationOutput(serializers.Serializer):
    """An overdue referral, what the platform proposes, and what was decided."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=CaseState)
    state_label = serializers.CharField(source="get_state_display")
    referral = serializers.UUIDField(source="referral.public_id")
    need = serializers.CharField(source="referral.need.code")
    need_id = serializers.UUIDField(source="referral.need.public_id")
    firm_name = serializers.CharField(source="referral.need.firm.organization.name")
    institution = serializers.CharField(source="referral.institution.code")
    institution_name = serializers.CharField(source="referral.institution.name")
    clock = serializers.ChoiceField(choices=ClockKind)
    clock_label = serializers.CharField(source="get_clock_display")
    due_on = serializers.DateField()
    opened_at = serializers.DateTimeField()
    proposed_at = serializers.DateTimeField(allow_null=True)
    next_institution = serializers.CharField(
        source="next_institution.code", default=None, allow_null=True
    )
    next_institution_name = serializers.CharField(
        source="next_institution.name", default=None, allow_null=True
    )
    supplement = serializers.UUIDField(
        source="supplement.public_id", default=None, allow_null=True, help_text="补充清单草稿。"
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(
        source="decided_by.display_name", default=None, allow_null=True
    )
    reason = UnknownAsNullField()
    closed_at = serializers.DateTimeField(allow_null=True)
