"""What is read and shown of projects; of the need what the policy on disclosures says."""

from typing import Any

from rest_framework import serializers

from backend.activities.enums import ProjectStatus
from backend.activities.limits import SUMMARY_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.activities.models import Project
from backend.api.fields import TextField
from backend.api.serializers import StrictSerializer

DISCLAIMER = "入库项目由企业自行描述；平台不作担保，也不作信用评价，是否投资由机构自主决定。"


class ProjectChange(StrictSerializer):
    """A project as its firm describes it to investors, without naming anybody."""

    title = TextField(max_length=TITLE_MAX_LENGTH)
    summary = TextField(max_length=SUMMARY_MAX_LENGTH)


class ProjectInput(ProjectChange):
    """A new project on a need."""

    need = serializers.UUIDField(help_text="需求的 id。")


class ListingInput(StrictSerializer):
    """The firm's word that it has read the notice in force."""

    notice_version = TextField(max_length=32)


class ListingNoticeAnswer(serializers.Serializer):
    """What a firm reads before it lists a project."""

    version = serializers.CharField()
    sha256 = serializers.CharField()
    body = serializers.CharField()


class ProjectOutput(serializers.Serializer):
    """A project and its need as the reader may see it."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(choices=ProjectStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    activity = serializers.UUIDField(source="activity.public_id", default=None, allow_null=True)
    activity_title = serializers.CharField(source="activity.title", default=None, allow_null=True)
    listed_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    need = serializers.SerializerMethodField(
        help_text="需求与企业：未经授权的机构只看到脱敏信息（is_masked）。"
    )
    disclaimer = serializers.SerializerMethodField()

    def get_need(self, project: Project) -> dict[str, Any]:
        """Show what the policy lets the reader see."""
        return self.context["views"][project.pk]

    def get_disclaimer(self, project: Project) -> str:
        """Say what a listing is not."""
        return DISCLAIMER
