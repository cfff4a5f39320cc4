"""What is shown of the ledger."""

from rest_framework import serializers

from backend.consents.enums import Channel
from backend.consents.fields import LABELS
from backend.consents.models import Disclosure


class DisclosureOutput(serializers.ModelSerializer):
    """Fields of a firm that an institution was shown at one time.

    ``consent`` is null for the fields of a masked row. The institution's person is known to
    departments, not to the firm: it deals with the institution.
    """

    id = serializers.UUIDField(source="public_id")
    firm = serializers.UUIDField(source="firm.public_id")
    firm_name = serializers.CharField(source="firm.organization.name")
    need = serializers.UUIDField(source="need.public_id", allow_null=True, default=None)
    need_code = serializers.CharField(
        source="need.code", allow_null=True, default=None, help_text="企业名单不涉及需求，为 null。"
    )
    institution = serializers.CharField(source="institution.code", help_text="机构代码")
    institution_name = serializers.CharField(source="institution.name")
    consent = serializers.UUIDField(source="consent.public_id", allow_null=True, default=None)
    roster_consent = serializers.UUIDField(
        source="roster_consent.public_id", allow_null=True, default=None
    )
    person = serializers.SerializerMethodField()
    channel_label = serializers.CharField(source="get_channel_display")
    fields_shown = serializers.ListField(source="fields", child=serializers.CharField())
    labels = serializers.SerializerMethodField()

    class Meta:
        model = Disclosure
        fields = [
            "id",
            "shown_at",
            "firm",
            "firm_name",
            "need",
            "need_code",
            "institution",
            "institution_name",
            "consent",
            "roster_consent",
            "person",
            "channel",
            "channel_label",
            "fields_shown",
            "labels",
        ]
        read_only_fields = fields

    def get_person(self, disclosure: Disclosure) -> str | None:
        """Return who looked; null for a system, and for readers who may not know."""
        is_known = self.context["request"].actor.is_department and disclosure.user is not None
        return str(disclosure.user) if is_known else None

    def get_labels(self, disclosure: Disclosure) -> list[str]:
        """Return the fields in people's words."""
        return [LABELS.get(field, field) for field in disclosure.fields]


class FieldSeenOutput(serializers.Serializer):
    """How often and through what an institution saw one field."""

    field = serializers.CharField()
    label = serializers.CharField()
    times = serializers.IntegerField()
    first_shown_at = serializers.DateTimeField()
    last_shown_at = serializers.DateTimeField()
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))


class InstitutionSawOutput(serializers.Serializer):
    """What one institution saw."""

    institution = serializers.CharField(help_text="机构代码")
    institution_id = serializers.UUIDField()
    institution_name = serializers.CharField()
    fields_seen = FieldSeenOutput(source="fields", many=True)


class SummaryAnswer(serializers.Serializer):
    """Who saw what of one firm."""

    firm = serializers.UUIDField(source="firm.public_id")
    firm_name = serializers.CharField(source="firm.organization.name")
    institutions = InstitutionSawOutput(many=True)
