"""The actions that set sources side by side, measure green channels, and tell everybody sums."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.reports import figure_filters as filters
from backend.api.v1.reports.figure_schema import FigureRow
from backend.api.v1.reports.periodic_schema import (
    ActivityRowsAnswer,
    GreenChannelAnswer,
    MechanismRowsAnswer,
    PublicAnswer,
    SourcesAnswer,
)
from backend.organizations.permissions import Permission
from backend.reports.activities import ActivityFigure, list_activity_rows
from backend.reports.green import draw_green_channel, find_green_rows
from backend.reports.mechanism import MechanismFigure, list_mechanism_rows
from backend.reports.public import KEPT_SECONDS, draw_public
from backend.reports.sources import draw_sources


class SourceActionsMixin:
    """Sources, green channel, the mechanism itself, and what is public."""

    source_permission_words = {
        "sources": Permission.FIGURE_VIEW,
        "green_channel": Permission.FIGURE_VIEW,
        "green_channel_rows": Permission.FIGURE_VIEW,
        "mechanism_rows": Permission.REPORT_DRAW,
        "activity_rows": Permission.REPORT_DRAW,
    }

    @extend_schema(parameters=filters.SCOPE_PARAMETERS, responses=SourcesAnswer, filters=False)
    @action(detail=False)
    def sources(self, request: Request) -> Response:
        """Set side by side what the platform, institutions and officers say; never summed."""
        scope = filters.read_scope(request, self.actor)
        return Response(SourcesAnswer(draw_sources(scope=scope)).data)

    @extend_schema(parameters=filters.SCOPE_PARAMETERS, responses=GreenChannelAnswer, filters=False)
    @action(detail=False, url_path="green-channel")
    def green_channel(self, request: Request) -> Response:
        """Show quota granted against asked, approval and money against the promise."""
        scope = filters.read_scope(request, self.actor)
        return Response(GreenChannelAnswer(draw_green_channel(scope=scope)).data)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, filters.GREEN_PARAMETER],
        responses=FigureRow(many=True),
        filters=False,
    )
    @action(detail=False, url_path="green-channel/rows")
    def green_channel_rows(self, request: Request) -> Response:
        """List the referrals behind the green channel's figures."""
        found = find_green_rows(
            scope=filters.read_scope(request, self.actor, beside={"product", *filters.PAGE_NAMES}),
            product=filters.read_text(request, "product"),
        )
        return self._rows(found)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, filters.MECHANISM_PARAMETER],
        responses=MechanismRowsAnswer,
        filters=False,
    )
    @action(detail=False, url_path="mechanism/rows")
    def mechanism_rows(self, request: Request) -> Response:
        """List the agreements, sheets, products or matters behind a figure of a report."""
        scope = filters.read_scope(request, self.actor, beside={"figure"})
        figure = filters.read_choice(request, "figure", MechanismFigure, is_required=True)
        rows = list_mechanism_rows(scope=scope, figure=figure)
        answer = {"figure": figure, "label": figure.label, "count": len(rows), "rows": rows}
        return Response(MechanismRowsAnswer(answer).data)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, filters.ACTIVITY_PARAMETER],
        responses=ActivityRowsAnswer,
        filters=False,
    )
    @action(detail=False, url_path="activities/rows")
    def activity_rows(self, request: Request) -> Response:
        """List the activities, participants, projects or intents behind a figure of a report."""
        scope = filters.read_scope(request, self.actor, beside={"figure"})
        figure = filters.read_choice(request, "figure", ActivityFigure, is_required=True)
        rows = list_activity_rows(scope=scope, figure=figure)
        answer = {"figure": figure, "label": figure.label, "count": len(rows), "rows": rows}
        return Response(ActivityRowsAnswer(answer).data)

    @extend_schema(responses=PublicAnswer, filters=False, auth=[{}])
    @action(detail=False, permission_classes=[AllowAny])
    def public(self, request: Request) -> Response:
        """Tell everybody a few sums over the whole province, where enough stand behind them."""
        refuse_unknown_parameters(request, set())
        answer = PublicAnswer(draw_public(today=timezone.localdate())).data
        return Response(answer, headers={"Cache-Control": f"public, max-age={KEPT_SECONDS}"})
