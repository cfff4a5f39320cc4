"""What is read and shown of aggregates."""

from rest_framework import serializers

from backend.api.fields import TextField, UnknownAsNullField, WholeNumberField
from backend.api.serializers import StrictSerializer
from backend.filings.enums import PeriodKind
from backend.filings.models import LARGEST, TEXT_MAX_LENGTH


def _figure(help_text: str, **options: object) -> WholeNumberField:
    return WholeNumberField(min_value=0, max_value=LARGEST, help_text=help_text, **options)


class AggregateChange(StrictSerializer):
    """The figures of a draft."""

    firms_served = _figure("服务科技企业，户。")
    loans = _figure("贷款笔数；不掌握时为 null。", required=False, allow_null=True)
    disbursed_yuan = _figure("期间投放金额，元。")
    balance_yuan = _figure("期末余额，元。")
    note = TextField(required=False, allow_blank=True, max_length=TEXT_MAX_LENGTH)


class AggregateInput(AggregateChange):
    """A draft of one period; a reason where the period was signed before."""

    period_kind = serializers.ChoiceField(choices=PeriodKind.choices)
    period_from = serializers.DateField(help_text="期间的第一天。")
    reason = TextField(
        required=False,
        allow_blank=True,
        max_length=TEXT_MAX_LENGTH,
        help_text="更正原因；该期间已签报过时必填。",
    )


class AggregateOutput(serializers.Serializer):
    """What an institution's unit reports of one period, with its version."""

    id = serializers.UUIDField(source="public_id")
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    period_kind = serializers.ChoiceField(choices=PeriodKind.choices)
    period_from = serializers.DateField()
    period_until = serializers.DateField(help_text="期间止（不含）。")
    version = serializers.IntegerField()
    replaces = serializers.UUIDField(
        source="replaces.public_id", default=None, allow_null=True, help_text="更正的版本。"
    )
    replaced_by = serializers.SerializerMethodField(help_text="更正本版本的已签报版本。")
    reason = UnknownAsNullField()
    firms_served = serializers.IntegerField(help_text="户。")
    loans = serializers.IntegerField(allow_null=True, help_text="笔。")
    disbursed_yuan = serializers.IntegerField()
    balance_yuan = serializers.IntegerField(help_text="期末余额；不与投放金额相加。")
    note = UnknownAsNullField()
    prepared_by = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    signed_by = serializers.CharField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)

    def get_replaced_by(self, aggregate: object) -> str | None:
        """Name the correction once it is signed."""
        later = getattr(aggregate, "replaced_by", None)
        return str(later.public_id) if later is not None and later.signed_at else None
