"""What is read and shown of needs."""

from rest_framework import serializers

from backend.api.fields import (
    FlagField,
    NumberField,
    TextField,
    UnknownAsNullField,
    WholeNumberField,
    codes_of,
)
from backend.api.serializers import StrictSerializer
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.limits import (
    CONTACT_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    DOSSIER_MAX_LENGTH,
    NAMED_INSTITUTIONS_MAX,
    PHONE_MAX_LENGTH,
    REASON_MAX_LENGTH,
)
from backend.needs.models import Need
from matching.vocabulary import COLLATERAL, FINANCING_TYPES, PURPOSES

_RATE_DIGITS = 8


def _optional_text(limit: int) -> TextField:
    return TextField(required=False, allow_null=True, allow_blank=True, max_length=limit)


def _institutions(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=TextField(max_length=64),
        required=False,
        allow_null=True,
        max_length=NAMED_INSTITUTIONS_MAX,
        help_text=help_text,
    )


def _amount() -> WholeNumberField:
    return WholeNumberField(required=False, allow_null=True, help_text="整数，单位：元。")


def _months() -> WholeNumberField:
    return WholeNumberField(required=False, allow_null=True, help_text="整数，单位：月。")


class NeedInput(StrictSerializer):
    """A need as its firm states it; null is unknown."""

    financing_types = codes_of(
        FINANCING_TYPES, required=False, allow_null=True, help_text="空列表表示不限。"
    )
    amount_min_yuan = _amount()
    amount_max_yuan = _amount()
    term_min_months = _months()
    term_max_months = _months()
    max_annual_rate = NumberField(
        decimal_places=_RATE_DIGITS,
        required=False,
        allow_null=True,
        help_text="小数，例如 3.85% 填 0.0385。",
    )
    collateral = codes_of(
        COLLATERAL, required=False, allow_null=True, help_text="空列表表示不提供担保。"
    )
    purposes = codes_of(PURPOSES, required=False, allow_null=True)
    needed_by = serializers.DateField(required=False, allow_null=True)
    preferred_institutions = _institutions("机构代码，按优先次序。")
    excluded_institutions = _institutions("不愿对接的机构代码。")
    open_to_others = FlagField(required=False)
    dossier = _optional_text(DOSSIER_MAX_LENGTH)
    description = _optional_text(DESCRIPTION_MAX_LENGTH)
    contact_name = _optional_text(CONTACT_MAX_LENGTH)
    contact_phone = _optional_text(PHONE_MAX_LENGTH)


class NewNeedInput(NeedInput):
    """A new need; a firm may leave its own code out, an incubator names its tenant."""

    firm = TextField(required=False, max_length=18, help_text="统一社会信用代码。")


class ReturnInput(StrictSerializer):
    """Why a need goes back."""

    reason = TextField(max_length=REASON_MAX_LENGTH)


class WithdrawInput(StrictSerializer):
    """Why a need is taken back, if the firm wishes to say."""

    reason = TextField(required=False, allow_blank=True, default="", max_length=REASON_MAX_LENGTH)


class NeedOutput(serializers.Serializer):
    """A need, with its firm and how far it has come."""

    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=NeedStatus)
    status_label = serializers.CharField(source="get_status_display")
    firm = serializers.CharField(source="firm.organization.code")
    firm_id = serializers.UUIDField(source="firm.public_id")
    firm_name = serializers.CharField(source="firm.organization.name")
    region = serializers.CharField(source="firm.organization.region_id", allow_null=True)
    financing_types = serializers.ListField(child=serializers.CharField(), allow_null=True)
    amount_min_yuan = serializers.IntegerField(allow_null=True)
    amount_max_yuan = serializers.IntegerField(allow_null=True)
    term_min_months = serializers.IntegerField(allow_null=True)
    term_max_months = serializers.IntegerField(allow_null=True)
    max_annual_rate = serializers.FloatField(allow_null=True)
    collateral = serializers.ListField(child=serializers.CharField(), allow_null=True)
    purposes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    needed_by = serializers.DateField(allow_null=True)
    preferred_institutions = serializers.SerializerMethodField()
    excluded_institutions = serializers.SerializerMethodField()
    open_to_others = serializers.BooleanField()
    dossier = UnknownAsNullField()
    description = UnknownAsNullField()
    contact_name = UnknownAsNullField()
    contact_phone = UnknownAsNullField()
    is_demonstration = serializers.BooleanField(source="firm.organization.is_demonstration")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)
    returned_reason = UnknownAsNullField()
    verified_at = serializers.DateTimeField(allow_null=True)
    expires_on = serializers.DateField(
        allow_null=True, help_text="自该日起过期（最迟用款日期的次日）。"
    )
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawal_reason = UnknownAsNullField()

    def get_preferred_institutions(self, need: Need) -> list[str]:
        """Show the codes in their order."""
        return _named(need, Attitude.PREFERRED)

    def get_excluded_institutions(self, need: Need) -> list[str]:
        """Show the codes in their order."""
        return _named(need, Attitude.EXCLUDED)


def _named(need: Need, attitude: Attitude) -> list[str]:
    rows = [row for row in need.named_institutions.all() if row.attitude == attitude]
    return [row.institution.code for row in sorted(rows, key=lambda row: row.position)]
