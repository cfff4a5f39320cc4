"""What is read of actions on referrals."""

from rest_framework import serializers

from backend.api.fields import (
    FlagField,
    NumberField,
    TextField,
    WholeNumberField,
    code_of,
    codes_of,
)
from backend.api.serializers import StrictSerializer
from backend.referrals.enums import DeclineReason, Renewal, Step
from backend.referrals.models.referrals import MOST_REASONS, NOTE_MAX_LENGTH, PRODUCT_MAX_LENGTH
from backend.referrals.models.referrals import NAME_MAX_LENGTH as NAME_LENGTH
from backend.referrals.services.documents import MOST_NAMES, NAME_MAX_LENGTH
from backend.referrals.services.money import REFERENCE_MAX_LENGTH
from backend.referrals.tracks import TRACKS
from matching.vocabulary import COLLATERAL

_RATE_DIGITS = 8
_STEPS = {
    step.value: step.label
    for step in Step
    if any(
        step in track.steps and step not in {track.decided, track.funded}
        for track in TRACKS.values()
    )
}


def _note(help_text: str = "") -> TextField:
    return TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=NOTE_MAX_LENGTH,
        help_text=help_text or "不得包含征信报告内容。",
    )


def _day() -> serializers.DateField:
    return serializers.DateField(required=False, help_text="发生日期，缺省为今天。")


def _rate() -> NumberField:
    return NumberField(
        decimal_places=_RATE_DIGITS,
        required=False,
        allow_null=True,
        help_text="小数，例如 3.85% 填 0.0385。",
    )


class AcknowledgeInput(StrictSerializer):
    """A first answer."""

    date = _day()
    note = _note()


class StepInput(AcknowledgeInput):
    """A step of the track that carries no money."""

    step = code_of(_STEPS)


class ApproveReferralInput(AcknowledgeInput):
    """The line that was approved."""

    amount_yuan = WholeNumberField(help_text="批准额度，整数，单位：元。")
    term_months = WholeNumberField(required=False, allow_null=True, help_text="单位：月。")
    annual_rate = _rate()
    is_green = FlagField(required=False, default=False, help_text="是否走绿色通道。")


class DisburseInput(StrictSerializer):
    """One drawdown."""

    date = serializers.DateField(help_text="放款日期。")
    amount_yuan = WholeNumberField(help_text="整数，单位：元。")
    annual_rate = _rate()
    security = codes_of(COLLATERAL, required=False, default=list, help_text="担保方式。")
    is_first_loan = FlagField(required=False, allow_null=True, default=None, help_text="首贷。")
    renewal = code_of(dict(Renewal.choices), required=False, default="")
    reference = TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=REFERENCE_MAX_LENGTH,
        help_text="机构流水号；重复上报以此识别。同日同额多笔放款必须填写。",
    )
    note = _note()


class DeclineInput(StrictSerializer):
    """Why an institution declines."""

    reasons = serializers.ListField(
        child=code_of(dict(DeclineReason.choices)),
        max_length=MOST_REASONS,
        help_text="1 至 4 个原因代码；bank_internal 总可使用。",
    )
    note = _note()


class ReturnReferralInput(StrictSerializer):
    """Why a referral is given back."""

    note = TextField(max_length=NOTE_MAX_LENGTH)


class AssignInput(StrictSerializer):
    """Which unit takes a referral, and who there."""

    unit = TextField(required=False, max_length=64, help_text="本机构或下级机构代码。")
    handler = TextField(required=False, max_length=150, help_text="承办人账号。")
    override_reason = _note("超出服务区域或名额时必填。")


class HandOverInput(StrictSerializer):
    """Which colleague takes a referral."""

    handler = TextField(max_length=150, help_text="同一单位的承办人账号。")
    note = _note()


class NameManagerInput(StrictSerializer):
    """A client manager without an account."""

    name = TextField(max_length=NAME_LENGTH, help_text="客户经理姓名；仅本机构可见。")


class OfferInput(StrictSerializer):
    """What stands in the place of the product that was meant; at least one of both."""

    actual_product = TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=PRODUCT_MAX_LENGTH,
        help_text="实际对接的产品名称。",
    )
    alternative = _note("替代方案；不得包含征信报告内容。")


class DocumentNamesInput(StrictSerializer):
    """Documents by name."""

    names = serializers.ListField(
        child=TextField(max_length=NAME_MAX_LENGTH), min_length=1, max_length=MOST_NAMES
    )


class AskDocumentsInput(DocumentNamesInput):
    """Documents that are missing."""

    note = _note()


class ConfirmInput(StrictSerializer):
    """Which drawdown is as reported."""

    drawdown = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="未上报金额时可不填。"
    )
    evidence = _note("凭证说明，例如借据编号。")


class ContestInput(StrictSerializer):
    """Which drawdown is not as reported, and why."""

    drawdown = serializers.UUIDField()
    note = TextField(max_length=NOTE_MAX_LENGTH)
    evidence = _note("凭证说明，例如借据编号。")


class ReconcileInput(StrictSerializer):
    """What the department found."""

    drawdown = serializers.UUIDField()
    amount_yuan = WholeNumberField(help_text="核实的金额；0 表示没有放款。")
    note = TextField(max_length=NOTE_MAX_LENGTH)


class VoidInput(StrictSerializer):
    """Which drawdown was reported by mistake."""

    drawdown = serializers.UUIDField()
    reason = TextField(max_length=NOTE_MAX_LENGTH)


class MatterInput(StrictSerializer):
    """What is to be coordinated."""

    text = TextField(max_length=NOTE_MAX_LENGTH)
