"""What is read and shown of announcements."""

from typing import Any

from rest_framework import serializers

from backend.announcements.enums import AUDIENCES, AnnouncementStatus
from backend.announcements.limits import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.api.fields import CodeField, FlagField, TextField, UnknownAsNullField, codes_of
from backend.api.serializers import StrictSerializer

_OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}


class AnnouncementChange(StrictSerializer):
    """What may be said of an announcement."""

    title = TextField(max_length=TITLE_MAX_LENGTH)
    text = TextField(max_length=TEXT_MAX_LENGTH)
    roles = codes_of(AUDIENCES, required=False, help_text="面向的角色；空列表为所有用户。")
    region = TextField(
        required=False, max_length=6, help_text="行政区划代码；省略为本部门所在地区。"
    )
    valid_from = serializers.DateField(required=False, help_text="省略为当日。")
    valid_until = serializers.DateField(**_OPTIONAL, help_text="不含当日；null 为长期。")
    is_pinned = FlagField(required=False)


class AnnouncementWithdrawInput(StrictSerializer):
    """Why it is shown no more."""

    reason = TextField(max_length=REASON_MAX_LENGTH)


class AnnouncementOutput(serializers.Serializer):
    """An announcement as it stands."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField()
    text = serializers.CharField()
    department = serializers.CharField(source="department.code")
    department_name = serializers.CharField(source="department.name")
    roles = serializers.ListField(child=CodeField(list(AUDIENCES.items())))
    region = serializers.CharField(source="region_id")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, help_text="不含当日。")
    is_pinned = serializers.BooleanField()
    status = serializers.ChoiceField(choices=AnnouncementStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    is_read = serializers.BooleanField(help_text="本人是否已读。")
    published_at = serializers.DateTimeField(allow_null=True)
    corrected_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = UnknownAsNullField()
