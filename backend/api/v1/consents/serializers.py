"""What is read and shown of consents."""

from typing import Any

from rest_framework import serializers

from backend.api.fields import CodeField, FlagField, TextField
from backend.api.serializers import StrictSerializer
from backend.consents.enums import ConsentStatus, Direction, FieldGroup
from backend.consents.models import Consent, ConsentText
from backend.consents.policies import can_see_people
from backend.consents.services import Terms
from backend.consents.services.granting import MOST_INSTITUTIONS
from backend.consents.texts import wording_of


class GrantInput(StrictSerializer):
    """What a firm consents to, for one or several institutions at once."""

    need = serializers.UUIDField(help_text="需求的 id。")
    institutions = serializers.ListField(
        child=TextField(max_length=64), max_length=MOST_INSTITUTIONS, help_text="机构代码。"
    )
    direction = CodeField(Direction.choices)
    groups = serializers.ListField(
        child=CodeField(FieldGroup.choices), max_length=len(FieldGroup), help_text="信息范围。"
    )
    text_version = TextField(max_length=32, help_text="所读授权文本的版本，见 consents/texts/。")
    expires_on = serializers.DateField(
        required=False, allow_null=True, help_text="到期日（不含）；省略为 6 个月，最长一年。"
    )
    contact_agreed = FlagField(
        required=False, default=False, help_text="联系人本人已单独同意；范围含 contact 时必须为真。"
    )

    def terms(self) -> Terms:
        """Return what is consented to."""
        values = self.validated_data
        return Terms(
            direction=Direction(values["direction"]),
            groups=[FieldGroup(group) for group in values["groups"]],
            text_version=values["text_version"],
            expires_on=values.get("expires_on"),
            contact_agreed=values["contact_agreed"],
        )


class ConsentOutput(serializers.ModelSerializer):
    """A consent; institutions learn of the need's code only, not of the firm and its people."""

    id = serializers.UUIDField(source="public_id")
    need = serializers.UUIDField(source="need.public_id")
    need_code = serializers.CharField(source="need.code")
    firm = serializers.SerializerMethodField()
    firm_name = serializers.SerializerMethodField()
    institution = serializers.CharField(source="institution.code", help_text="机构代码")
    institution_id = serializers.UUIDField(source="institution.public_id")
    institution_name = serializers.CharField(source="institution.name")
    direction_label = serializers.CharField(source="get_direction_display")
    groups = serializers.ListField(child=serializers.ChoiceField(choices=FieldGroup.choices))
    purpose = serializers.CharField(source="text.purpose")
    text_version = serializers.CharField(source="text.version")
    text_sha256 = serializers.CharField(source="text.sha256")
    status = serializers.SerializerMethodField()
    contact_person = serializers.SerializerMethodField()
    granted_by = serializers.SerializerMethodField()
    withdrawn_by = serializers.SerializerMethodField()

    class Meta:
        model = Consent
        fields = [
            "id",
            "need",
            "need_code",
            "firm",
            "firm_name",
            "institution",
            "institution_id",
            "institution_name",
            "direction",
            "direction_label",
            "groups",
            "purpose",
            "text_version",
            "text_sha256",
            "status",
            "contact_person",
            "granted_at",
            "granted_by",
            "expires_on",
            "replaced_at",
            "withdrawn_at",
            "withdrawn_by",
        ]
        read_only_fields = fields

    def _for_people(self, value: Any) -> str | None:
        actor = self.context["request"].actor
        return str(value) if value and can_see_people(actor) else None

    def get_firm(self, consent: Consent) -> str | None:
        """Return the firm's id."""
        return self._for_people(consent.need.firm.public_id)

    def get_firm_name(self, consent: Consent) -> str | None:
        """Return the firm's name."""
        return self._for_people(consent.need.firm.organization.name)

    def get_contact_person(self, consent: Consent) -> str | None:
        """Return who agreed to be called."""
        return self._for_people(consent.contact_person)

    def get_granted_by(self, consent: Consent) -> str | None:
        """Return who consented."""
        return self._for_people(consent.granted_by)

    def get_withdrawn_by(self, consent: Consent) -> str | None:
        """Return who withdrew."""
        return self._for_people(consent.withdrawn_by)

    def get_status(self, consent: Consent) -> ConsentStatus:
        """Return what became of it by today."""
        return consent.status_on(self.context["request"].actor.today)


class ConsentDetail(ConsentOutput):
    """A consent with the words that were consented to."""

    wording = serializers.SerializerMethodField()

    class Meta(ConsentOutput.Meta):
        fields = [*ConsentOutput.Meta.fields, "wording"]
        read_only_fields = fields

    def get_wording(self, consent: Consent) -> str | None:
        """Return the text, filled in; it names the firm, so institutions do not read it."""
        return wording_of(consent) if can_see_people(self.context["request"].actor) else None


class GrantAnswer(serializers.Serializer):
    """The consents that stand now, in the order asked."""

    consents = ConsentOutput(many=True)


class TextOutput(serializers.ModelSerializer):
    """A wording in force, with marks where firm, institution, scope and end are filled in."""

    class Meta:
        model = ConsentText
        fields = ["direction", "version", "purpose", "body", "sha256", "valid_from"]
        read_only_fields = fields


class TextsAnswer(serializers.Serializer):
    """The wordings in force, one per direction."""

    texts = TextOutput(many=True)


class MissingOutput(serializers.Serializer):
    """A preferred institution and the directions in which no consent is live."""

    institution = serializers.CharField(source="institution.code", help_text="机构代码")
    institution_name = serializers.CharField(source="institution.name")
    position = serializers.IntegerField(help_text="企业的优先次序")
    directions = serializers.ListField(child=serializers.ChoiceField(choices=Direction.choices))


class MissingAnswer(serializers.Serializer):
    """What the firm has still to be asked for."""

    institutions = MissingOutput(many=True)
