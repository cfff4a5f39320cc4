"""What is read and shown of endorsements."""

from rest_framework import serializers

from backend.api.fields import TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer
from backend.recommendations.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH


class EndorsementInput(StrictSerializer):
    """An incubator's word for a tenant's need."""

    need = serializers.UUIDField(help_text="需求的 id。")
    endorsed_on = serializers.DateField()
    person = TextField(max_length=NAME_MAX_LENGTH, help_text="推荐人姓名及职务。")
    text = TextField(max_length=TEXT_MAX_LENGTH, help_text="不得填写征信报告及其内容。")


class WithdrawEndorsementInput(StrictSerializer):
    """Why the word is taken back, if the incubator wishes to say."""

    reason = TextField(required=False, allow_blank=True, default="", max_length=TEXT_MAX_LENGTH)


class EndorsementOutput(serializers.Serializer):
    """An endorsement; nothing of the need that its incubator did not know when it wrote it."""

    id = serializers.UUIDField(source="public_id")
    need = serializers.UUIDField(source="need.public_id")
    need_code = serializers.CharField(source="need.code")
    firm_name = serializers.CharField(source="need.firm.organization.name")
    incubator = serializers.CharField(source="incubator.code")
    incubator_name = serializers.CharField(source="incubator.name")
    endorsed_on = serializers.DateField()
    person = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = UnknownAsNullField()
