"""What is read of referral lists."""

from rest_framework import serializers

from backend.api.fields import CodeField, TextField, WholeNumberField, code_of
from backend.api.serializers import StrictSerializer
from backend.organizations.enums import Rank
from backend.referrals.enums import ApprovalPost
from backend.referrals.limits import (
    BASIS_MAX_LENGTH,
    DOCUMENT_NUMBER_MAX_LENGTH,
    LARGEST_FAN_OUT,
    REASON_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.referrals.models.approvals import TITLE_MAX_LENGTH as POST_MAX_LENGTH
from backend.referrals.services.drafting import DEFAULT_FAN_OUT
from matching.vocabulary import QUALIFICATIONS


class DraftInput(StrictSerializer):
    """What a new list is drafted from: a match run, or the newest version of a product."""

    match_run = serializers.UUIDField(
        required=False, help_text="已完成的匹配批次；与 product 二选一。"
    )
    product = serializers.UUIDField(
        required=False, help_text="新发布或调整的产品：起草其新增符合需求的补充清单。"
    )
    title = TextField(required=False, allow_blank=True, max_length=TITLE_MAX_LENGTH)
    per_need = WholeNumberField(
        required=False,
        min_value=1,
        max_value=LARGEST_FAN_OUT,
        help_text=f"每项需求最多推送的机构数，缺省 {DEFAULT_FAN_OUT}；仅用于匹配批次。",
    )
    supplements = serializers.UUIDField(required=False, help_text="所补充的清单。")

    def validate(self, attrs: dict) -> dict:
        """Ask for exactly one source."""
        if ("match_run" in attrs) == ("product" in attrs):
            raise serializers.ValidationError(
                {"match_run": ["请给出 match_run 或 product 之一。"]}, code="one_source"
            )
        if "product" in attrs and "per_need" in attrs:
            raise serializers.ValidationError(
                {"per_need": ["补充清单只推送给该产品的机构，不需要 per_need。"]}, code="not_used"
            )
        return attrs


class RosterDraftInput(StrictSerializer):
    """Which firms a roster is drawn from, and for whom."""

    qualifications = serializers.ListField(
        child=code_of(QUALIFICATIONS),
        min_length=1,
        max_length=len(QUALIFICATIONS),
        help_text="具备其中任一项即列入。",
    )
    region = TextField(required=False, max_length=6, help_text="行政区划代码，缺省为本部门辖区。")
    held_on = serializers.DateField(required=False, help_text="资质有效日，缺省为今天。")
    institutions = serializers.ListField(
        child=TextField(max_length=64),
        required=False,
        min_length=1,
        max_length=50,
        help_text="机构代码；缺省为全部有有效合作协议的机构。",
    )
    title = TextField(required=False, allow_blank=True, max_length=TITLE_MAX_LENGTH)


class ReasonInput(StrictSerializer):
    """A reason that is kept with the change."""

    reason = TextField(max_length=REASON_MAX_LENGTH)


class RowInput(ReasonInput):
    """A need and the product that is meant for it."""

    need = serializers.UUIDField()
    product = serializers.UUIDField(help_text="拟对接产品；推送给它的机构。")


class RosterRowInput(ReasonInput):
    """A firm and the institution that it is named to."""

    firm = serializers.UUIDField()
    institution = TextField(max_length=64, help_text="机构代码。")


class ProductChangeInput(ReasonInput):
    """Another product of the same institution."""

    product = serializers.UUIDField()


class ApproveInput(StrictSerializer):
    """A signature, with a note where there is something to say."""

    note = TextField(required=False, allow_blank=True, max_length=REASON_MAX_LENGTH)


class RefuseInput(StrictSerializer):
    """Why the list goes back."""

    note = TextField(max_length=REASON_MAX_LENGTH)


class SendInput(StrictSerializer):
    """What a sending says of itself."""

    document_number = TextField(max_length=DOCUMENT_NUMBER_MAX_LENGTH, help_text="文号。")
    basis = TextField(max_length=BASIS_MAX_LENGTH, help_text="授权依据。")
    answer_by = serializers.DateField(help_text="反馈截止日。")


class RecallInput(ReasonInput):
    """Why, and whether only one institution's sheet."""

    sheet = serializers.UUIDField(required=False, help_text="只撤回这一份；缺省撤回整份清单。")


class SeatInput(StrictSerializer):
    """One post of the chain and who may sign for it."""

    post = CodeField(ApprovalPost.choices)
    rank = CodeField([*Rank.choices, ("", "不限")], required=False, default="")
    title = TextField(required=False, allow_blank=True, default="", max_length=POST_MAX_LENGTH)


class ChainInput(StrictSerializer):
    """The whole chain, in order."""

    seats = SeatInput(many=True, max_length=len(ApprovalPost))
