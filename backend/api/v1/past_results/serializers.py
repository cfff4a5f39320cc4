"""What is read and shown of imported outcomes."""

from rest_framework import serializers

from backend.api.serializers import StrictSerializer
from backend.api.v1.rosters.serializers import WorkbookField
from backend.learning.models import SOURCE_MAX_LENGTH


class PastResultsInput(StrictSerializer):
    """A form with a table of outcomes, and where they come from."""

    file = WorkbookField(help_text="Excel 工作簿（.xlsx）或 CSV，不超过 10 MiB；列名见模板。")
    source = serializers.CharField(
        max_length=SOURCE_MAX_LENGTH, help_text="数据来源；同一来源可分几次导入。"
    )
    dry_run = serializers.BooleanField(default=False, help_text="只检查，不写入。")


class PastImportOutput(serializers.Serializer):
    """What the import did, or would do."""

    id = serializers.UUIDField(
        source="source.public_id",
        allow_null=True,
        default=None,
        help_text="来源；试导入或没有新内容时为 null。",
    )
    dry_run = serializers.BooleanField(source="is_dry_run")
    rows = serializers.IntegerField()
    created = serializers.IntegerField(help_text="新增的结果。")
    unchanged = serializers.IntegerField(help_text="此前已导入的结果。")
    needs = serializers.IntegerField()
    firms = serializers.IntegerField()
    funded = serializers.IntegerField()
    ignored_columns = serializers.ListField(child=serializers.CharField())


class PastSourceOutput(serializers.Serializer):
    """A source of outcomes from before the platform."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    file_name = serializers.CharField(help_text="最近一次导入的文件。")
    file_digest = serializers.CharField(help_text="该文件的 SHA-256。")
    rows = serializers.IntegerField(source="row_count")
    imported_by = serializers.CharField(
        source="imported_by.display_name",
        allow_null=True,
        default=None,
        help_text="命令行导入为 null。",
    )
    imported_at = serializers.DateTimeField()
    withdrawn_by = serializers.CharField(
        source="withdrawn_by.display_name", allow_null=True, default=None
    )
    withdrawn_at = serializers.DateTimeField(
        allow_null=True, help_text="撤回后不再用于训练和比较；已训练的版本不变。"
    )
