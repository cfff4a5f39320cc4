"""What is read and shown of activities."""

from typing import Any

from rest_framework import serializers

from backend.activities.enums import ActivityKind, ActivityStatus
from backend.activities.limits import (
    DESCRIPTION_MAX_LENGTH,
    MOST_CO_ORGANIZERS,
    NOTE_MAX_LENGTH,
    PLACE_MAX_LENGTH,
    SUMMARY_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.api.fields import CodeField, TextField, UnknownAsNullField, WholeNumberField
from backend.api.serializers import StrictSerializer

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}


class ActivityChange(StrictSerializer):
    """What may be said of an activity."""

    kind = CodeField(ActivityKind.choices)
    title = TextField(max_length=TITLE_MAX_LENGTH)
    co_organizers = serializers.ListField(
        child=TextField(max_length=64),
        required=False,
        max_length=MOST_CO_ORGANIZERS,
        help_text="协办单位的代码：部门、孵化载体、机构。",
    )
    partners = TextField(
        **_TEXT, max_length=NOTE_MAX_LENGTH, help_text="未入驻平台的协办单位名称。"
    )
    region = TextField(**_OPTIONAL, max_length=6, help_text="行政区划代码。")
    place = TextField(**_TEXT, max_length=PLACE_MAX_LENGTH)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, help_text="最后一天（含）；省略即当日结束。")
    apply_until = serializers.DateField(
        **_OPTIONAL, help_text="报名截止日（含）；null 为开始日期。"
    )
    capacity = WholeNumberField(**_OPTIONAL, help_text="企业名额；null 为不限。")
    description = TextField(**_TEXT, max_length=DESCRIPTION_MAX_LENGTH)


class HoldInput(StrictSerializer):
    """How it went."""

    summary = TextField(required=False, default="", allow_blank=True, max_length=SUMMARY_MAX_LENGTH)


class CancelInput(StrictSerializer):
    """Why it is given up."""

    reason = TextField(max_length=NOTE_MAX_LENGTH)


class OrganizerOutput(serializers.Serializer):
    """Who holds an activity, or helps."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(source="get_kind_display")


class ActivityOutput(serializers.Serializer):
    """An activity as it stands."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=ActivityKind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=ActivityStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    host = OrganizerOutput()
    co_organizers = OrganizerOutput(many=True)
    partners = UnknownAsNullField()
    region = serializers.CharField(source="region_id", allow_null=True)
    place = UnknownAsNullField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    apply_until = serializers.DateField(allow_null=True)
    capacity = serializers.IntegerField(allow_null=True)
    description = UnknownAsNullField()
    entrant_count = serializers.IntegerField(help_text="已确认的企业（户）。")
    waiting_count = serializers.IntegerField(help_text="候补企业（户）。")
    institution_count = serializers.IntegerField(help_text="参会机构和评委（家）。")
    is_demonstration = serializers.BooleanField(source="host.is_demonstration")
    announced_at = serializers.DateTimeField(allow_null=True)
    held_at = serializers.DateTimeField(allow_null=True)
    summary = UnknownAsNullField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = UnknownAsNullField()
