"""What is shown of referral lists, to departments only."""

from typing import Any

from rest_framework import serializers

from backend.referrals.enums import (
    ChangeKind,
    ListKind,
    ListStatus,
    Obstacle,
    RowOrigin,
    UnplacedReason,
)
from backend.referrals.models import ListRow, ReferralList, RosterRow
from backend.referrals.services.approval import get_due_post
from matching.vocabulary import VERDICTS


class SignatureOutput(serializers.Serializer):
    """One signature or refusal."""

    round = serializers.IntegerField()
    post = serializers.CharField()
    post_label = serializers.CharField(source="get_post_display")
    is_granted = serializers.BooleanField()
    note = serializers.CharField()
    signed_by = serializers.CharField(source="signed_by.display_name")
    signed_at = serializers.DateTimeField()
    content_sha256 = serializers.CharField()


class ReferralListOutput(serializers.Serializer):
    """A list: where it stands, who signed, what it holds."""

    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=ListKind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    status = serializers.ChoiceField(choices=ListStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    title = serializers.CharField()
    department = serializers.CharField(source="department.code")
    department_name = serializers.CharField(source="department.name")
    per_need = serializers.IntegerField()
    match_run = serializers.UUIDField(source="match_run.public_id", allow_null=True, default=None)
    product = serializers.CharField(
        source="product_version.product.code", allow_null=True, default=None
    )
    policy = serializers.CharField(
        source="policy.code", allow_null=True, default=None, help_text="引起补充的优惠政策代码。"
    )
    is_automatic = serializers.BooleanField(
        help_text="平台因产品或政策变动自动起草；与其他清单一样须经审批，不会自动发送。"
    )
    summary = serializers.CharField(help_text="新增符合的需求数，按市（州）和阶段。")
    supplements = serializers.UUIDField(
        source="supplements.public_id", allow_null=True, default=None
    )
    row_count = serializers.IntegerField(help_text="在列行数（需求 × 机构）。")
    need_count = serializers.IntegerField()
    institution_count = serializers.IntegerField()
    firm_count = serializers.IntegerField(help_text="企业名单在列企业数；需求清单为 0。")
    roster_criteria = serializers.JSONField(
        allow_null=True, help_text="企业名单的条件：qualifications、region、held_on。"
    )
    drafted_by = serializers.CharField(
        source="drafted_by.display_name", allow_null=True, default=None
    )
    created_at = serializers.DateTimeField()
    approval_round = serializers.IntegerField()
    approvals = SignatureOutput(many=True)
    document_number = serializers.CharField()
    basis = serializers.CharField()
    answer_by = serializers.DateField(allow_null=True)
    sent_by = serializers.CharField(source="sent_by.display_name", allow_null=True, default=None)
    sent_at = serializers.DateTimeField(allow_null=True)
    recalled_at = serializers.DateTimeField(allow_null=True)
    recall_reason = serializers.CharField()


class ReferralListDetail(ReferralListOutput):
    """A list with the post whose signature is due."""

    due_post = serializers.SerializerMethodField(help_text="待签岗位；不在审批中时为 null。")

    def get_due_post(self, referral_list: ReferralList) -> str | None:
        """Name the post in turn."""
        return get_due_post(referral_list)


class ListRowOutput(serializers.Serializer):
    """A row with the names that the department may read."""

    id = serializers.UUIDField(source="public_id")
    need = serializers.CharField(source="need.code")
    need_id = serializers.UUIDField(source="need.public_id")
    need_revision = serializers.IntegerField()
    firm_name = serializers.CharField(source="need.firm.organization.name")
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    product = serializers.CharField(source="product_version.product.code")
    product_id = serializers.UUIDField(source="product_version.product.public_id")
    product_name = serializers.CharField(source="product_version.name")
    product_version = serializers.IntegerField(source="product_version.number")
    verdict = serializers.SerializerMethodField()
    verdict_label = serializers.SerializerMethodField()
    score = serializers.FloatField()
    position = serializers.IntegerField()
    model_version = serializers.CharField()
    catalogue_version = serializers.IntegerField()
    origin = serializers.ChoiceField(choices=RowOrigin.choices)
    origin_label = serializers.CharField(source="get_origin_display")
    added_by = serializers.CharField(source="added_by.display_name", allow_null=True, default=None)
    added_reason = serializers.CharField()
    removed_at = serializers.DateTimeField(allow_null=True)
    removed_by = serializers.CharField(
        source="removed_by.display_name", allow_null=True, default=None
    )
    removed_reason = serializers.CharField()

    def get_verdict(self, row: ListRow) -> str:
        """Tell how the firm stood to the published conditions."""
        return "eligible" if row.is_eligible else "to_confirm"

    def get_verdict_label(self, row: ListRow) -> str:
        """Say the same in words."""
        return VERDICTS[self.get_verdict(row)]


class RosterRowOutput(serializers.Serializer):
    """A firm on a roster."""

    id = serializers.UUIDField(source="public_id")
    firm = serializers.UUIDField(source="firm.public_id")
    firm_name = serializers.CharField(source="firm.organization.name")
    uscc = serializers.CharField(source="firm.organization.code")
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    qualifications = serializers.ListField(child=serializers.CharField())
    added_by = serializers.CharField(source="added_by.display_name", allow_null=True, default=None)
    added_reason = serializers.CharField()
    removed_at = serializers.DateTimeField(allow_null=True)
    removed_by = serializers.CharField(
        source="removed_by.display_name", allow_null=True, default=None
    )
    removed_reason = serializers.CharField()


class UnplacedOutput(serializers.Serializer):
    """A need that the draft could not place."""

    need = serializers.CharField(source="need.code")
    need_id = serializers.UUIDField(source="need.public_id")
    firm_name = serializers.CharField(source="need.firm.organization.name")
    reason = serializers.ChoiceField(choices=UnplacedReason)
    reason_label = serializers.CharField(source="get_reason_display")
    institutions = serializers.ListField(child=serializers.CharField())


class FallenOutput(serializers.Serializer):
    """A row that may not go out, and why."""

    row = serializers.UUIDField()
    need = serializers.CharField(allow_null=True, help_text="企业名单为 null。")
    firm = serializers.CharField(allow_null=True, help_text="企业名单中的企业代码。")
    institution = serializers.CharField()
    reason = serializers.ChoiceField(choices=Obstacle)
    reason_label = serializers.CharField()


def fallen_of(fallen: dict[ListRow | RosterRow, Obstacle]) -> list[dict[str, Any]]:
    """Return fallen rows in the order of needs or firms, and institutions."""
    found = [
        {
            "row": row.public_id,
            "need": row.need.code if isinstance(row, ListRow) else None,
            "firm": row.firm.organization.code if isinstance(row, RosterRow) else None,
            "institution": row.institution.code,
            "reason": obstacle.value,
            "reason_label": obstacle.label,
        }
        for row, obstacle in fallen.items()
    ]
    return sorted(found, key=lambda one: (one["need"] or one["firm"], one["institution"]))


class SheetOutput(serializers.Serializer):
    """A sheet that was sent, without its content."""

    id = serializers.UUIDField(source="public_id")
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    version = serializers.IntegerField()
    previous = serializers.UUIDField(source="previous.public_id", allow_null=True, default=None)
    agreement = serializers.CharField(source="agreement.document_number")
    digest_algorithm = serializers.CharField()
    digest = serializers.CharField()
    sent_at = serializers.DateTimeField()
    recalled_at = serializers.DateTimeField(
        source="recall.recalled_at", allow_null=True, default=None
    )
    recall_reason = serializers.CharField(source="recall.reason", allow_null=True, default=None)


class SheetDetail(SheetOutput):
    """A sheet with its content as it was sent."""

    content = serializers.DictField(help_text="规范格式（kerong-sheet/2，早先的为 /1）的内容。")


class PreviewSheetOutput(serializers.Serializer):
    """What one institution would be sent."""

    institution = serializers.CharField()
    institution_name = serializers.CharField()
    version = serializers.IntegerField()
    totals = serializers.DictField(child=serializers.IntegerField())
    content = serializers.DictField(allow_null=True, help_text="仅在指定 institution 时给出。")


class PreviewOutput(serializers.Serializer):
    """What would be sent now, and what would fall out."""

    sheets = PreviewSheetOutput(many=True)
    fallen = FallenOutput(many=True)


class SentOutput(ReferralListDetail):
    """A list that went out, with what fell out at the last moment."""

    fallen = FallenOutput(many=True)


class DifferingFieldOutput(serializers.Serializer):
    """A field that differs between two sheets."""

    field = serializers.CharField()
    to = serializers.JSONField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add the field whose name is a word of the language."""
        return {**super().get_fields(), "from": serializers.JSONField(allow_null=True)}


class ChangeOutput(serializers.Serializer):
    """What a need is against the sheet before."""

    need = serializers.CharField()
    change = serializers.ChoiceField(choices=ChangeKind)
    change_label = serializers.CharField()
    differing = DifferingFieldOutput(many=True)


class DiffOutput(serializers.Serializer):
    """One sheet against another."""

    sheet = serializers.UUIDField()
    institution = serializers.CharField()
    version = serializers.IntegerField()
    against = serializers.UUIDField(allow_null=True)
    against_version = serializers.IntegerField(allow_null=True)
    changes = ChangeOutput(many=True)


class SeatOutput(serializers.Serializer):
    """One post of a chain."""

    post = serializers.CharField()
    post_label = serializers.CharField(source="get_post_display")
    rank = serializers.CharField()
    title = serializers.CharField()


class ChainOutput(serializers.Serializer):
    """A department's chain."""

    seats = SeatOutput(many=True)
