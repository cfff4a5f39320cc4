"""The funnel of recommendations, and the rows behind it."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.recommendations.serializers import RecommendationOutput
from backend.api.v1.reports import figure_filters as filters
from backend.organizations.permissions import Permission
from backend.reports.recommended import (
    RecommendedBy,
    Stage,
    draw_recommendations,
    find_recommendations,
)

_GROUP_PARAMETER = OpenApiParameter(
    "group_by", {"type": "string", "enum": RecommendedBy.values}, description="分组方式。"
)
_ROW_PARAMETERS = [
    OpenApiParameter(
        "cell", {"type": "string", "enum": Stage.values}, required=True, description="哪一个数字。"
    ),
    _GROUP_PARAMETER,
    OpenApiParameter("key", {"type": "string"}, description="分组的 key；须同时给出 group_by。"),
]


class RecommendedCounts(serializers.Serializer):
    """Recommendations (件), their needs (个) and firms (户); never added together."""

    recommendations = serializers.IntegerField(min_value=0)
    needs = serializers.IntegerField(min_value=0)
    firms = serializers.IntegerField(min_value=0)


class RecommendedFigures(serializers.Serializer):
    """One group by stage."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name each stage."""
        return {stage.value: RecommendedCounts(help_text=stage.label) for stage in Stage}


class RecommendedGroup(serializers.Serializer):
    """One group."""

    key = serializers.CharField()
    label = serializers.CharField()
    figures = RecommendedFigures()


class RecommendedAnswer(serializers.Serializer):
    """The funnel of recommendations of a period."""

    source = serializers.CharField(help_text="数据来源；不同来源的数字不相加。")
    as_of = serializers.DateField()
    region = serializers.CharField()
    until = serializers.DateField(help_text="止日（不含）。")
    group_by = serializers.CharField(allow_null=True)
    total = RecommendedFigures()
    groups = RecommendedGroup(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add ``from``, which Python keeps for itself."""
        return {**super().get_fields(), "from": serializers.DateField(help_text="起日（含）。")}


class RecommendedRow(RecommendationOutput):
    """A recommendation behind a figure."""

    day = serializers.SerializerMethodField(help_text="计入的日期。")

    def get_day(self, one: object) -> str:
        """Show the day on which it reached the stage."""
        return self.context["days"][one.pk].isoformat()


class RecommendedActionsMixin:
    """The funnel of recommendations with its rows."""

    recommended_permission_words = {
        "recommendations": Permission.RECOMMENDATION_VIEW,
        "recommendation_rows": Permission.RECOMMENDATION_VIEW,
    }

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, _GROUP_PARAMETER],
        responses=RecommendedAnswer,
        filters=False,
    )
    @action(detail=False)
    def recommendations(self, request: Request) -> Response:
        """Count recommendations by how far they came; by level, agency, department or region."""
        scope = filters.read_scope(request, self.actor, beside={"group_by"})
        group_by = filters.read_choice(request, "group_by", RecommendedBy)
        body = draw_recommendations(scope=scope, group_by=group_by)
        return Response(RecommendedAnswer(body).data)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, *_ROW_PARAMETERS],
        responses=RecommendedRow(many=True),
        filters=False,
    )
    @action(detail=False, url_path="recommendations/rows")
    def recommendation_rows(self, request: Request) -> Response:
        """List the recommendations behind one figure."""
        scope = filters.read_scope(
            request, self.actor, beside={"cell", "group_by", "key", *filters.PAGE_NAMES}
        )
        found = find_recommendations(
            scope=scope,
            stage=filters.read_choice(request, "cell", Stage, is_required=True),
            group_by=filters.read_choice(request, "group_by", RecommendedBy),
            key=filters.read_key(request),
        )
        page = self.paginate_queryset(found.rows)
        rows = RecommendedRow(page, many=True, context={"days": found.days})
        return self.get_paginated_response(rows.data)
