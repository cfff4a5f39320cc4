"""What is read and shown of a roster's import."""

from typing import Any

from rest_framework import serializers

from backend.api.fields import code_of
from backend.api.serializers import StrictSerializer
from backend.firms.enums import RosterKind

FILE_MAX_BYTES = 10 * 1024 * 1024


class WorkbookField(serializers.FileField):
    """An uploaded workbook within the limit of size."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse a file that is too large before anybody reads it."""
        file = super().to_internal_value(data)
        if file.size > FILE_MAX_BYTES:
            raise serializers.ValidationError(
                f"文件有 {file.size / 1024**2:.1f} MiB，最多 {FILE_MAX_BYTES // 1024**2} MiB；"
                "请分成几个文件。",
                code="file_too_large",
            )
        return file


class RosterInput(StrictSerializer):
    """A form with a workbook; rows without dates of their own take those given here."""

    file = WorkbookField(help_text="Excel 工作簿（.xlsx），不超过 10 MiB。")
    kind = code_of(dict(RosterKind.choices))
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, default=None, help_text="不含当日。")
    dry_run = serializers.BooleanField(default=False, help_text="只检查，不写入。")


class RosterNoticeOutput(serializers.Serializer):
    """A row that a person should look at."""

    row = serializers.IntegerField()
    message = serializers.CharField()


class RosterResultOutput(serializers.Serializer):
    """What the import did, or would do."""

    id = serializers.UUIDField(
        source="roster.public_id",
        allow_null=True,
        default=None,
        help_text="试导入或没有新内容时为 null。",
    )
    dry_run = serializers.BooleanField(source="is_dry_run")
    rows = serializers.IntegerField()
    firms_created = serializers.IntegerField()
    qualifications_created = serializers.IntegerField()
    qualifications_changed = serializers.IntegerField()
    tenancies_created = serializers.IntegerField()
    tenancies_changed = serializers.IntegerField()
    ignored_columns = serializers.ListField(child=serializers.CharField())
    notices = RosterNoticeOutput(many=True)
