"""What is read and shown of intents; the department is shown what the firm lets it be told."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.activities import selectors
from backend.activities.enums import FirmAnswer, IntentLevel
from backend.activities.limits import NOTE_MAX_LENGTH
from backend.activities.models import Intent
from backend.api.fields import CodeField, TextField, UnknownAsNullField, WholeNumberField
from backend.api.serializers import StrictSerializer

DISCLAIMER = "意向是机构的自主表示，不是投资承诺；金额不计入授信和放款。"
_OPTIONAL: dict[str, Any] = {"required": False, "default": None, "allow_null": True}
_NOTE: dict[str, Any] = {
    "required": False,
    "default": "",
    "allow_blank": True,
    "max_length": NOTE_MAX_LENGTH,
}


class AdvanceInput(StrictSerializer):
    """How far an intent is."""

    level = CodeField(IntentLevel.choices)
    amount_yuan = WholeNumberField(
        **_OPTIONAL, help_text="意向或投资金额；省略时沿用已登记的金额。"
    )
    date = serializers.DateField(**_OPTIONAL, help_text="发生日期；省略即今天。")
    note = TextField(**_NOTE)


class IntentInput(AdvanceInput):
    """A new intent."""

    level = CodeField(IntentLevel.choices, required=False, default=IntentLevel.OBSERVING.value)
    project = serializers.UUIDField(help_text="项目的 id。")
    activity = serializers.UUIDField(**_OPTIONAL, help_text="在哪次活动上结识。")


class AnswerInput(StrictSerializer):
    """What the firm says."""

    answer = CodeField(FirmAnswer.choices)
    note = TextField(**_NOTE)


class DropInput(StrictSerializer):
    """Why an intent is given up."""

    note = TextField(**_NOTE)


class IntentStepOutput(serializers.Serializer):
    """A level that was reached."""

    level = serializers.ChoiceField(choices=IntentLevel.choices)
    level_label = serializers.CharField()
    amount_yuan = serializers.IntegerField(allow_null=True)
    date = serializers.DateField()
    note = serializers.CharField(allow_null=True)
    recorded_at = serializers.DateTimeField()


class IntentOutput(serializers.Serializer):
    """An intent as the reader knows it."""

    id = serializers.UUIDField(source="public_id")
    project = serializers.UUIDField(source="project.public_id")
    project_title = serializers.CharField(source="project.title")
    need = serializers.CharField(source="project.need.code")
    institution = serializers.CharField(source="institution.code")
    institution_name = serializers.CharField(source="institution.name")
    activity = serializers.UUIDField(source="activity.public_id", default=None, allow_null=True)
    level = serializers.SerializerMethodField(
        help_text="进展；企业未授权反馈时部门看到 null，只知有此意向。"
    )
    level_label = serializers.SerializerMethodField()
    amount_yuan = serializers.SerializerMethodField(help_text="最近登记的金额。")
    declared_at = serializers.DateTimeField()
    answer = UnknownAsNullField()
    answer_label = serializers.CharField(source="get_answer_display")
    answer_note = UnknownAsNullField()
    answered_at = serializers.DateTimeField(allow_null=True)
    dropped_at = serializers.DateTimeField(allow_null=True)
    drop_note = UnknownAsNullField()
    steps = serializers.SerializerMethodField()
    referral = serializers.SerializerMethodField(
        help_text="该需求推送给该机构的对接，未推送为 null。"
    )
    disclaimer = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=IntentLevel.choices, allow_null=True))
    def get_level(self, intent: Intent) -> str | None:
        """Say how far it is, as far as the reader was told."""
        return self._known(intent).level

    def get_level_label(self, intent: Intent) -> str:
        """Say it in words."""
        level = self._known(intent).level
        return "已提出（进展未授权反馈）" if level is None else IntentLevel(level).label

    def get_amount_yuan(self, intent: Intent) -> int | None:
        """Show the amount that was last named."""
        return self._known(intent).amount_yuan

    @extend_schema_field(IntentStepOutput(many=True))
    def get_steps(self, intent: Intent) -> list[dict[str, Any]]:
        """Show what was said on the way; notes are between institution and firm."""
        actor = self.context["actor"]
        steps = [
            {
                "level": step.level,
                "level_label": step.get_level_display(),
                "amount_yuan": selectors.amount_known(step, actor=actor),
                "date": step.happened_on,
                "note": None if actor.is_department else step.note or None,
                "recorded_at": step.recorded_at,
            }
            for step in selectors.list_steps(intent, actor=actor)
        ]
        return list(IntentStepOutput(steps, many=True).data)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_referral(self, intent: Intent) -> str | None:
        """Lead to the referral that it became."""
        found = self.context["referrals"].get(intent.pk)
        return None if found is None else str(found)

    def get_disclaimer(self, intent: Intent) -> str:
        """Say what an intent is not."""
        return DISCLAIMER

    def _known(self, intent: Intent) -> selectors.Known:
        return selectors.what_is_known(intent, actor=self.context["actor"])
