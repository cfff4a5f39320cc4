"""What is read and shown of who takes part."""

from typing import Any

from rest_framework import serializers

from backend.activities.enums import Part, ParticipationStatus
from backend.activities.limits import (
    AWARD_MAX_LENGTH,
    NOTE_MAX_LENGTH,
    SUMMARY_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.api.fields import CodeField, FlagField, TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer

_TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "default": ""}


class EntryInput(StrictSerializer):
    """A firm's application, or an institution's registration."""

    firm = TextField(
        required=False,
        default=None,
        max_length=18,
        help_text="企业的统一社会信用代码；企业为自己报名时可省略。",
    )
    need = serializers.UUIDField(required=False, default=None, help_text="带来的融资需求的 id。")
    title = TextField(**_TEXT, max_length=TITLE_MAX_LENGTH, help_text="项目名称。")
    summary = TextField(**_TEXT, max_length=SUMMARY_MAX_LENGTH, help_text="项目摘要。")
    institution = TextField(
        required=False,
        default=None,
        max_length=64,
        help_text="参会机构的代码；机构为自己登记时可省略。",
    )
    part = CodeField(
        [(part.value, part.label) for part in (Part.GUEST, Part.JUDGE)],
        required=False,
        default=Part.GUEST.value,
        help_text="机构的身份；评委由主办单位登记。",
    )


class NoteInput(StrictSerializer):
    """Why somebody is turned down."""

    note = TextField(max_length=NOTE_MAX_LENGTH)


class PresenceInput(StrictSerializer):
    """Whether somebody came."""

    came = FlagField(required=False, default=True)


class AwardInput(StrictSerializer):
    """What was won."""

    level = TextField(max_length=AWARD_MAX_LENGTH, help_text="例如“一等奖”。")


class ParticipantOutput(serializers.Serializer):
    """Somebody's place in an activity."""

    id = serializers.UUIDField(source="public_id")
    activity = serializers.UUIDField(source="activity.public_id")
    activity_title = serializers.CharField(source="activity.title")
    part = serializers.ChoiceField(choices=Part.choices)
    part_label = serializers.CharField(source="get_part_display")
    status = serializers.ChoiceField(choices=ParticipationStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    organization = serializers.CharField(source="organization.code")
    organization_name = serializers.CharField(source="organization.name")
    need = serializers.CharField(source="need.code", default=None, allow_null=True)
    title = UnknownAsNullField()
    summary = UnknownAsNullField()
    applied_at = serializers.DateTimeField()
    note = UnknownAsNullField()
    award = UnknownAsNullField()
