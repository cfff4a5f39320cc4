"""What is read and shown of indicators."""

from rest_framework import serializers

from backend.api.fields import TextField, UnknownAsNullField, WholeNumberField
from backend.api.serializers import StrictSerializer
from backend.filings.enums import Measure, Unit
from backend.filings.models import LARGEST, NAME_MAX_LENGTH, TEXT_MAX_LENGTH


class _Values(StrictSerializer):
    measure = serializers.ChoiceField(choices=Measure.choices)
    name = TextField(max_length=NAME_MAX_LENGTH)
    value = WholeNumberField(min_value=0, max_value=LARGEST, help_text="整数；金额以元计。")
    unit = serializers.ChoiceField(choices=Unit.choices)
    covers_from = serializers.DateField(
        required=False, allow_null=True, help_text="统计期起；null 表示截至止日累计。"
    )
    covers_until = serializers.DateField(help_text="统计期止（不含）。")
    source = TextField(max_length=TEXT_MAX_LENGTH, help_text="来源文件或依据。")
    source_on = serializers.DateField(help_text="来源日期。")
    note = TextField(required=False, allow_blank=True, max_length=TEXT_MAX_LENGTH)


class IndicatorInput(_Values):
    """A figure with the paper that it comes from."""

    region = TextField(max_length=6, help_text="行政区划代码。")


class IndicatorCorrection(_Values):
    """What is different in the next version, and why."""

    reason = TextField(max_length=TEXT_MAX_LENGTH)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Ask for the reason alone; what is not given stays."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "reason"
        return fields


class IndicatorWithdrawal(StrictSerializer):
    """Why a figure does not stand any more."""

    reason = TextField(max_length=TEXT_MAX_LENGTH)


class IndicatorOutput(serializers.Serializer):
    """One version of an indicator."""

    id = serializers.UUIDField(source="public_id")
    series = serializers.UUIDField(help_text="同一指标各版本相同。")
    version = serializers.IntegerField()
    replaces = serializers.UUIDField(source="replaces.public_id", default=None, allow_null=True)
    replaced_by = serializers.SerializerMethodField()
    reason = UnknownAsNullField()
    is_withdrawn = serializers.BooleanField()
    measure = serializers.ChoiceField(choices=Measure.choices)
    measure_label = serializers.CharField(source="get_measure_display")
    name = serializers.CharField()
    value = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    unit_label = serializers.CharField(source="get_unit_display")
    region = serializers.CharField(source="region_id")
    covers_from = serializers.DateField(allow_null=True)
    covers_until = serializers.DateField(help_text="统计期止（不含）。")
    source = serializers.CharField()
    source_on = serializers.DateField()
    note = UnknownAsNullField()
    department = serializers.UUIDField(source="department.public_id")
    department_name = serializers.CharField(source="department.name")
    entered_by = serializers.CharField(allow_null=True)
    entered_at = serializers.DateTimeField()

    def get_replaced_by(self, indicator: object) -> str | None:
        """Name the version that corrects or withdraws this one."""
        later = getattr(indicator, "replaced_by", None)
        return str(later.public_id) if later is not None else None
