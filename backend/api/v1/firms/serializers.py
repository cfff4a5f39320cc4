"""What is read and shown of firms."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.fields import (
    FlagField,
    NumberField,
    TextField,
    UnknownAsNullField,
    WholeNumberField,
    code_of,
    codes_of,
)
from backend.api.serializers import StrictSerializer
from backend.firms.enums import FactSource
from backend.firms.fact_fields import FACT_FIELDS, FRACTION_DIGITS, VALUE_RANGES, to_number
from backend.firms.models import DESCRIPTION_MAX_LENGTH, Fact, Firm
from backend.firms.validators import REASON_MAX_LENGTH
from matching.vocabulary import QUALIFICATIONS, STAGES, TAXPAYER_RATINGS, TECH_FIELDS


class FirmInput(StrictSerializer):
    """The profile; null takes a value back to unknown."""

    region = TextField(required=False, max_length=6, help_text="GB/T 2260 的 6 位代码。")
    industry = TextField(required=False, allow_null=True, max_length=5)
    founded_on = serializers.DateField(required=False, allow_null=True)
    declared_stage = code_of(STAGES, required=False, allow_null=True)
    tech_fields = codes_of(TECH_FIELDS, required=False, allow_null=True)
    taxpayer_rating = code_of(TAXPAYER_RATINGS, required=False, allow_null=True)
    qualifications_known = FlagField(
        required=False, help_text="true 且没有资质记录表示“没有任何资质”。"
    )
    description = TextField(
        required=False, allow_null=True, allow_blank=True, max_length=DESCRIPTION_MAX_LENGTH
    )


class NewFirmInput(FirmInput):
    """A firm that a department opens."""

    uscc = TextField(max_length=18, help_text="18 位统一社会信用代码。")
    name = TextField(max_length=200)


class FactsInput(StrictSerializer):
    """Figures of one date, or of one fiscal year."""

    source = code_of(dict(FactSource.choices))
    as_of = serializers.DateField(required=False, allow_null=True, default=None)
    fiscal_year = WholeNumberField(required=False, allow_null=True, default=None)
    audited = FlagField(required=False, default=False)
    evidence = TextField(required=False, allow_blank=True, default="", max_length=200)
    values = serializers.DictField(
        child=NumberField(decimal_places=FRACTION_DIGITS),
        allow_empty=False,
        help_text="数据项代码与数值：" + "、".join(FACT_FIELDS),
    )


class QualificationInput(StrictSerializer):
    """A qualification that the firm holds; the period's end is excluded."""

    code = code_of(QUALIFICATIONS)
    source = code_of(dict(FactSource.choices))
    level = TextField(required=False, allow_blank=True, default="", max_length=60)
    certificate_number = TextField(required=False, allow_blank=True, default="", max_length=60)
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class TenancyInput(StrictSerializer):
    """A stay in an incubator, named by its code; the end is excluded."""

    incubator = TextField(max_length=64)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class StageOverrideInput(StrictSerializer):
    """A stage decided by a department's manager; null lifts an earlier decision."""

    stage = code_of(STAGES, allow_null=True)
    reason = TextField(max_length=REASON_MAX_LENGTH)


class FirmOutput(serializers.Serializer):
    """A firm in a list."""

    id = serializers.UUIDField(source="public_id")
    uscc = serializers.CharField(source="organization.code")
    name = serializers.CharField(source="organization.name")
    region = serializers.CharField(source="organization.region_id", allow_null=True)
    industry = UnknownAsNullField()
    founded_on = serializers.DateField(allow_null=True)
    stage = serializers.CharField(
        allow_null=True, help_text="人工认定或自行申报的阶段；null 表示按数据推断。"
    )
    is_demonstration = serializers.BooleanField(source="organization.is_demonstration")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class QualificationOutput(serializers.Serializer):
    """A qualification on record."""

    id = serializers.UUIDField(source="public_id")
    code = serializers.ChoiceField(choices=list(QUALIFICATIONS.items()))
    name = serializers.CharField(source="get_code_display")
    level = UnknownAsNullField()
    certificate_number = UnknownAsNullField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    source = serializers.ChoiceField(choices=FactSource.choices)
    recorded_at = serializers.DateTimeField()


class TenancyOutput(serializers.Serializer):
    """A stay in an incubator; without consent the incubator has no say."""

    id = serializers.UUIDField(source="public_id")
    incubator = serializers.CharField(source="incubator.code")
    incubator_name = serializers.CharField(source="incubator.name")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    consented_at = serializers.DateTimeField(allow_null=True)
    progress_shared_at = serializers.DateTimeField(
        allow_null=True, help_text="企业自此同意该孵化载体查看需求进展。"
    )


class FactOutput(serializers.Serializer):
    """One figure with its date and source."""

    id = serializers.UUIDField(source="public_id")
    field = serializers.ChoiceField(choices=list(FACT_FIELDS.items()))
    name = serializers.CharField(source="get_field_display")
    value = serializers.SerializerMethodField()
    as_of = serializers.DateField()
    fiscal_year = serializers.IntegerField(allow_null=True)
    audited = serializers.BooleanField(allow_null=True)
    source = serializers.ChoiceField(choices=FactSource)
    evidence = UnknownAsNullField()
    recorded_at = serializers.DateTimeField()

    def get_value(self, fact: Fact) -> float:
        """Show whole units without a fraction."""
        return to_number(fact.field, fact.value)


class FactsOutput(serializers.Serializer):
    """The figures just recorded."""

    results = FactOutput(many=True)


class FirmDetailOutput(FirmOutput):
    """A firm with everything known of it; its current figures stand beside the profile."""

    declared_stage = UnknownAsNullField()
    stage_override = UnknownAsNullField()
    stage_override_reason = UnknownAsNullField()
    stage_overridden_at = serializers.DateTimeField(allow_null=True)
    tech_fields = serializers.ListField(child=serializers.CharField(), allow_null=True)
    taxpayer_rating = UnknownAsNullField()
    description = UnknownAsNullField()
    qualifications = serializers.SerializerMethodField(
        help_text="null 表示未知，空列表表示没有任何资质。"
    )
    tenancies = TenancyOutput(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add one field per figure; the view puts ``figures`` on the firm."""
        figures = {name: _figure(name) for name in (*FACT_FIELDS, "fiscal_year")}
        return super().get_fields() | figures

    @extend_schema_field(QualificationOutput(many=True, allow_null=True))
    def get_qualifications(self, firm: Firm) -> list[dict[str, Any]] | None:
        """Tell an unknown list from an empty one."""
        if not firm.qualifications_known:
            return None
        return QualificationOutput(firm.qualifications.all(), many=True).data


def _figure(name: str) -> serializers.Field:
    is_whole = name == "fiscal_year" or VALUE_RANGES[name].is_whole
    kind = serializers.IntegerField if is_whole else serializers.FloatField
    return kind(source=f"figures.{name}", allow_null=True, read_only=True)
