"""What is read and shown of matters."""

from rest_framework import serializers

from backend.api.fields import FlagField, TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer
from backend.referrals.models.referrals import NOTE_MAX_LENGTH
from backend.referrals.services.matters import AGENCY_NAME_MAX_LENGTH


class MatterChange(StrictSerializer):
    """Who deals with a matter, how, and by when."""

    agency = TextField(required=False, max_length=64, help_text="平台上牵头部门的代码。")
    agency_name = TextField(
        required=False,
        allow_blank=True,
        max_length=AGENCY_NAME_MAX_LENGTH,
        help_text="未入驻平台的牵头单位名称。",
    )
    measure = TextField(required=False, allow_blank=True, max_length=NOTE_MAX_LENGTH)
    due_on = serializers.DateField(required=False, allow_null=True)


class RepairInput(StrictSerializer):
    """How a matter was settled."""

    result = TextField(max_length=NOTE_MAX_LENGTH)
    reopens = FlagField(required=False, default=False, help_text="同时二次对接该推送。")


class MatterOutput(serializers.Serializer):
    """A matter and how far it is."""

    id = serializers.UUIDField(source="public_id")
    referral = serializers.UUIDField(source="referral.public_id")
    need = serializers.CharField(source="referral.need.code")
    institution = serializers.CharField(source="referral.institution.code")
    institution_name = serializers.CharField(source="referral.institution.name")
    text = serializers.CharField()
    raised_by = serializers.SerializerMethodField(help_text="提出方：firm、institution。")
    raised_at = serializers.DateTimeField()
    agency = serializers.CharField(source="agency.code", default=None, allow_null=True)
    agency_name = serializers.SerializerMethodField()
    measure = UnknownAsNullField()
    due_on = serializers.DateField(allow_null=True)
    repaired_at = serializers.DateTimeField(allow_null=True)
    result = UnknownAsNullField()

    def get_raised_by(self, matter: object) -> str | None:
        """Say which side raised it; an incubator speaks for its firm."""
        if matter.raised_for is None:
            return None
        return "institution" if matter.raised_for.kind == "institution" else "firm"

    def get_agency_name(self, matter: object) -> str | None:
        """Name the agency, whether it is on the platform or not."""
        return matter.agency.name if matter.agency else matter.agency_name or None
