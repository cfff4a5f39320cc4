"""What is read and shown of recommendations."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.fields import CodeField, FlagField, TextField, UnknownAsNullField
from backend.api.serializers import StrictSerializer
from backend.organizations.enums import Agency, DepartmentLevel
from backend.recommendations.enums import EntryStandard, RecommendationAct, RecommendationStatus
from backend.recommendations.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Recommendation
from backend.recommendations.policies import can_see_story
from backend.recommendations.validators import MOST_VISITORS

_FOR_DEPARTMENTS = "仅部门可见，其他人为 null。"


class VisitorInput(StrictSerializer):
    """A person who visited."""

    name = TextField(max_length=NAME_MAX_LENGTH)
    post = TextField(max_length=NAME_MAX_LENGTH)


class StandardInput(StrictSerializer):
    """A standard of entry, whether it is met, and what was looked at."""

    standard = CodeField(EntryStandard.choices)
    is_met = FlagField()
    basis = TextField(
        max_length=TEXT_MAX_LENGTH, help_text="查看了什么；不得填写征信报告及其内容。"
    )


class RecommendationChange(StrictSerializer):
    """A visit and what was checked; a draft may lack parts of it."""

    visited_on = serializers.DateField(required=False, allow_null=True)
    opinion = TextField(required=False, allow_blank=True, max_length=TEXT_MAX_LENGTH)
    visitors = VisitorInput(many=True, required=False, max_length=MOST_VISITORS)
    standards = StandardInput(many=True, required=False, max_length=len(EntryStandard))


class RecommendationInput(RecommendationChange):
    """A new recommendation."""

    need = serializers.UUIDField(help_text="需求的 id。")


class VerifyRecommendationInput(StrictSerializer):
    """A remark with the verification, if there is any."""

    note = TextField(required=False, allow_blank=True, default="", max_length=TEXT_MAX_LENGTH)


class ReturnRecommendationInput(StrictSerializer):
    """Why a recommendation goes back."""

    reason = TextField(max_length=TEXT_MAX_LENGTH)


class WithdrawRecommendationInput(StrictSerializer):
    """Why a recommendation is taken back; of a draft nobody has to say."""

    reason = TextField(required=False, allow_blank=True, default="", max_length=TEXT_MAX_LENGTH)


class RouteInput(StrictSerializer):
    """Which levels of a region take part."""

    region = TextField(max_length=6)
    levels = serializers.ListField(
        child=CodeField(DepartmentLevel.choices),
        min_length=1,
        max_length=len(DepartmentLevel),
        help_text="逐级推荐的层级，由下至上，例如 county、city、province。",
    )
    direct_levels = serializers.ListField(
        child=CodeField(DepartmentLevel.choices),
        max_length=len(DepartmentLevel),
        help_text="不经推荐可直接核验需求的层级；空列表表示都须经推荐。",
    )


class RemoveRouteInput(StrictSerializer):
    """Whose setting is taken back."""

    region = TextField(max_length=6)


class RouteOutput(serializers.Serializer):
    """What holds in a region, and whose setting that is."""

    region = serializers.CharField(allow_null=True, help_text="设定所属地区；null 为默认。")
    levels = serializers.ListField(child=serializers.ChoiceField(choices=DepartmentLevel.choices))
    direct_levels = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_direct_levels(self, route: Any) -> list[str]:
        """Show the levels in a fixed order."""
        return sorted(route.direct_levels)


class RoutesOutput(serializers.Serializer):
    """What holds for the department's region, and the settings inside it."""

    effective = RouteOutput()
    settings = RouteOutput(many=True)


class RecommendationOutput(serializers.Serializer):
    """A recommendation and how far it is."""

    id = serializers.UUIDField(source="public_id")
    need = serializers.UUIDField(source="need.public_id")
    need_code = serializers.CharField(source="need.code")
    firm = serializers.CharField(source="need.firm.organization.code")
    firm_name = serializers.CharField(source="need.firm.organization.name")
    region = serializers.CharField(source="need.firm.organization.region_id", allow_null=True)
    department = serializers.CharField(source="department.code")
    department_name = serializers.CharField(source="department.name")
    level = serializers.ChoiceField(choices=DepartmentLevel.choices)
    agency = serializers.ChoiceField(choices=Agency.choices)
    agency_label = serializers.CharField(source="get_agency_display")
    status = serializers.ChoiceField(choices=RecommendationStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    route = serializers.ListField(
        child=serializers.ChoiceField(choices=DepartmentLevel.choices),
        help_text="上报时确定的层级。",
    )
    awaiting_level = UnknownAsNullField(help_text="现待核验的层级。")
    visited_on = serializers.DateField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    is_demonstration = serializers.BooleanField(source="need.firm.organization.is_demonstration")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class VisitorOutput(serializers.Serializer):
    """A person who visited."""

    name = serializers.CharField()
    post = serializers.CharField()


class StandardOutput(serializers.Serializer):
    """A standard that was checked."""

    standard = serializers.ChoiceField(choices=EntryStandard.choices)
    label = serializers.CharField(source="get_standard_display")
    is_met = serializers.BooleanField()
    basis = serializers.CharField()


class RecommendationStepOutput(serializers.Serializer):
    """One thing that happened on the way."""

    act = serializers.ChoiceField(choices=RecommendationAct.choices)
    label = serializers.CharField(source="get_act_display")
    department_name = serializers.CharField(source="department.name", default=None, allow_null=True)
    level = UnknownAsNullField()
    note = UnknownAsNullField()
    taken_by = serializers.CharField(
        source="taken_by.display_name", default=None, allow_null=True, help_text="null 为平台。"
    )
    taken_at = serializers.DateTimeField()


class RecommendationDetail(RecommendationOutput):
    """A recommendation with its visit, its checks and its story."""

    opinion = serializers.SerializerMethodField(help_text=_FOR_DEPARTMENTS)
    visitors = serializers.SerializerMethodField(help_text=_FOR_DEPARTMENTS)
    standards = serializers.SerializerMethodField(help_text=_FOR_DEPARTMENTS)
    steps = serializers.SerializerMethodField(help_text=_FOR_DEPARTMENTS)
    returned_reason = serializers.SerializerMethodField(help_text=_FOR_DEPARTMENTS)
    withdrawn_reason = serializers.SerializerMethodField(help_text=_FOR_DEPARTMENTS)

    def _told(self, value: Any) -> Any:
        """Return what departments tell one another, None for anybody else."""
        return (value or None) if can_see_story(self.context["view"].actor) else None

    def get_opinion(self, one: Recommendation) -> str | None:
        """Show the department's word."""
        return self._told(one.opinion)

    @extend_schema_field(VisitorOutput(many=True, allow_null=True))
    def get_visitors(self, one: Recommendation) -> list[dict[str, Any]] | None:
        """Show who visited."""
        return self._rows(VisitorOutput, one.visitors)

    @extend_schema_field(StandardOutput(many=True, allow_null=True))
    def get_standards(self, one: Recommendation) -> list[dict[str, Any]] | None:
        """Show what was checked."""
        return self._rows(StandardOutput, one.checks)

    @extend_schema_field(RecommendationStepOutput(many=True, allow_null=True))
    def get_steps(self, one: Recommendation) -> list[dict[str, Any]] | None:
        """Show what happened, the first first."""
        return self._rows(RecommendationStepOutput, one.steps)

    def get_returned_reason(self, one: Recommendation) -> str | None:
        """Show why it was returned last."""
        return self._told(one.returned_reason)

    def get_withdrawn_reason(self, one: Recommendation) -> str | None:
        """Show why it was withdrawn."""
        return self._told(one.withdrawn_reason)

    def _rows(
        self, serializer: type[serializers.Serializer], rows: Any
    ) -> list[dict[str, Any]] | None:
        if not can_see_story(self.context["view"].actor):
            return None
        return serializer(rows.all(), many=True).data
