"""What is read and shown of consents to stand on rosters."""

from rest_framework import serializers

from backend.api.fields import TextField, code_of
from backend.api.serializers import StrictSerializer
from backend.consents.enums import ROSTER_GROUPS, ConsentStatus
from backend.consents.models import RosterConsent
from backend.consents.policies import can_see_people
from backend.consents.roster_texts import wording_of_roster

ROSTER_GROUP_LABELS = {group.value: str(group.label) for group in ROSTER_GROUPS}


class RosterGrantInput(StrictSerializer):
    """For which firm, to whom, for what and until when."""

    firm = serializers.UUIDField()
    institutions = serializers.ListField(
        child=TextField(max_length=64), min_length=1, max_length=50, help_text="机构代码。"
    )
    groups = serializers.ListField(
        child=code_of(ROSTER_GROUP_LABELS),
        min_length=1,
        max_length=len(ROSTER_GROUP_LABELS),
        help_text="须含 identity。",
    )
    text_version = TextField(max_length=32, help_text="所阅读的授权文本版本。")
    expires_on = serializers.DateField(required=False, help_text="到期日（不含），缺省六个月后。")


class RosterConsentOutput(serializers.Serializer):
    """A consent with its words; an institution learns neither who clicked nor the words."""

    id = serializers.UUIDField(source="public_id")
    firm = serializers.UUIDField(source="firm.public_id")
    firm_name = serializers.CharField(source="firm.organization.name")
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    groups = serializers.ListField(child=serializers.CharField())
    purpose = serializers.CharField()
    text_version = serializers.CharField()
    text_sha256 = serializers.CharField()
    granted_at = serializers.DateTimeField()
    granted_by = serializers.SerializerMethodField()
    expires_on = serializers.DateField()
    replaced_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    status = serializers.SerializerMethodField()
    wording = serializers.SerializerMethodField()

    def get_granted_by(self, consent: RosterConsent) -> str | None:
        """Return who consented."""
        return str(consent.granted_by) if self._is_for_people() else None

    def get_status(self, consent: RosterConsent) -> ConsentStatus:
        """Return what became of it by today."""
        return consent.status_on(self.context["request"].actor.today)

    def get_wording(self, consent: RosterConsent) -> str | None:
        """Return the words that were consented to."""
        return wording_of_roster(consent) if self._is_for_people() else None

    def _is_for_people(self) -> bool:
        return can_see_people(self.context["request"].actor)


class RosterGrantAnswer(serializers.Serializer):
    """The consents that stand now, in the order asked."""

    consents = RosterConsentOutput(many=True)


class RosterTextAnswer(serializers.Serializer):
    """The wording in force, with marks where names, scope and end are filled in."""

    version = serializers.CharField()
    purpose = serializers.CharField()
    body = serializers.CharField()
    sha256 = serializers.CharField()
    groups = serializers.DictField(child=serializers.CharField())
