"""What is read and shown of returned sheets."""

from rest_framework import serializers

from backend.api.serializers import StrictSerializer
from backend.api.v1.rosters.serializers import WorkbookField


class ReturnedInput(StrictSerializer):
    """A form with the returned workbook."""

    file = WorkbookField(help_text="填好的清单表格（.xlsx），不超过 10 MiB。")


class RowErrorOutput(serializers.Serializer):
    """What is wrong with a row, and what is expected in its place."""

    sheet = serializers.CharField(source="where", help_text="工作表名称。")
    row = serializers.IntegerField(help_text="表格程序显示的行号。")
    column = serializers.CharField(source="field", allow_null=True)
    value = serializers.CharField(allow_null=True)
    expected = serializers.CharField()
    code = serializers.CharField()


class RowNoticeOutput(serializers.Serializer):
    """A row that a person should look at."""

    row = serializers.IntegerField(source="0")
    message = serializers.CharField(source="1")


class ReturnedOutput(serializers.Serializer):
    """What became of a returned copy."""

    sheet = serializers.UUIDField(source="sheet.public_id")
    in_the_institutions_name = serializers.BooleanField(source="is_in_the_name_of")
    applied = serializers.IntegerField(help_text="有新内容且已登记的行数。")
    unchanged = serializers.IntegerField(help_text="没有新内容的行数。")
    refused = serializers.IntegerField(help_text="未登记的行数，原因见 errors。")
    errors = RowErrorOutput(many=True, source="faults")
    notices = RowNoticeOutput(many=True)
