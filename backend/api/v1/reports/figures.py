"""The actions that draw figures, and those that list the rows behind them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.reports import figure_filters as filters
from backend.api.v1.reports.figure_schema import (
    FigureRow,
    FunnelAnswer,
    ProductsAnswer,
    ResponseAnswer,
)
from backend.organizations.permissions import Permission
from backend.referrals.enums import ClockKind
from backend.reports.cells import Cell
from backend.reports.funnel import describe_row, draw_funnel, find_rows
from backend.reports.groups import GroupBy
from backend.reports.products import draw_products, find_product_rows
from backend.reports.response import draw_response, find_response_rows


class FigureActionsMixin:
    """Funnel, response times and products; each with its rows."""

    figure_permission_words = dict.fromkeys(
        ("funnel", "funnel_rows", "response", "response_rows", "products", "product_rows"),
        Permission.FIGURE_VIEW,
    )

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, filters.GROUP_PARAMETER],
        responses=FunnelAnswer,
        filters=False,
    )
    @action(detail=False)
    def funnel(self, request: Request) -> Response:
        """Count needs, firms and referrals by stage, and money, beside the year before."""
        scope = filters.read_scope(request, self.actor, beside={"group_by"})
        group_by = filters.read_choice(request, "group_by", GroupBy)
        return Response(FunnelAnswer(draw_funnel(scope=scope, group_by=group_by)).data)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, *filters.ROW_PARAMETERS],
        responses=FigureRow(many=True),
        filters=False,
    )
    @action(detail=False, url_path="funnel/rows")
    def funnel_rows(self, request: Request) -> Response:
        """List the needs, referrals, lines or drawdowns behind one figure of the funnel."""
        scope = filters.read_scope(
            request, self.actor, beside={"cell", "group_by", "key", *filters.PAGE_NAMES}
        )
        found = find_rows(
            scope=scope,
            cell=filters.read_choice(request, "cell", Cell, is_required=True),
            group_by=filters.read_choice(request, "group_by", GroupBy),
            key=filters.read_key(request),
        )
        return self._rows(found.rows, lambda row: found.entries[row.pk])

    @extend_schema(parameters=filters.SCOPE_PARAMETERS, responses=ResponseAnswer, filters=False)
    @action(detail=False)
    def response(self, request: Request) -> Response:
        """Show how many working days institutions and units take to answer."""
        scope = filters.read_scope(request, self.actor)
        return Response(ResponseAnswer(draw_response(scope=scope)).data)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, *filters.RESPONSE_ROW_PARAMETERS],
        responses=FigureRow(many=True),
        filters=False,
    )
    @action(detail=False, url_path="response/rows")
    def response_rows(self, request: Request) -> Response:
        """List the referrals behind an institution's or a unit's response times."""
        names = {"institution", "unit", "clock", "state", *filters.PAGE_NAMES}
        clock = filters.read_choice(request, "clock", ClockKind)
        state = request.query_params.get("state")
        found = find_response_rows(
            scope=filters.read_scope(request, self.actor, beside=names),
            # All institutions have so many rows only where a clock is asked about.
            institution=filters.read_text(request, "institution", is_required=clock is None),
            unit=filters.read_text(request, "unit"),
            clock=clock,
            state=filters.read_state(state),
        )
        return self._rows(found)

    @extend_schema(parameters=filters.SCOPE_PARAMETERS, responses=ProductsAnswer, filters=False)
    @action(detail=False)
    def products(self, request: Request) -> Response:
        """Show what products promise against what they do, and why they decline."""
        scope = filters.read_scope(request, self.actor)
        return Response(ProductsAnswer(draw_products(scope=scope)).data)

    @extend_schema(
        parameters=[*filters.SCOPE_PARAMETERS, filters.PRODUCT_PARAMETER],
        responses=FigureRow(many=True),
        filters=False,
    )
    @action(detail=False, url_path="products/rows")
    def product_rows(self, request: Request) -> Response:
        """List the decided referrals behind a product's figures."""
        found = find_product_rows(
            scope=filters.read_scope(request, self.actor, beside={"product", *filters.PAGE_NAMES}),
            product=filters.read_text(request, "product", is_required=True) or "",
        )
        return self._rows(found)

    def _rows(self, rows: QuerySet, entry_of: Callable[[Any], Any] = lambda _row: None) -> Response:
        """Answer with one page of rows."""
        with_firm = self.actor.is_department
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(
            FigureRow(
                [describe_row(row, entry_of(row), with_firm=with_firm) for row in page], many=True
            ).data
        )
