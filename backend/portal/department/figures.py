"""The dashboard: funnel, money, response ranking; each number leads to its rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.clocks import ClockState
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.portal.department.scopes import query_of, read_scope
from backend.portal.department.trend import draw_trend
from backend.referrals.enums import ClockKind, OutcomeState
from backend.reports.activities import COUNTED, ActivityFigure, list_activity_rows
from backend.reports.cells import AMOUNTS, NEED_STAGES, OUTCOME_OF, STAGES, Cell
from backend.reports.facts import load_facts
from backend.reports.funnel import count_months, describe_row, draw_funnel, find_rows
from backend.reports.groups import GroupBy
from backend.reports.mechanism import MechanismFigure, list_mechanism_rows
from backend.reports.response import draw_response, find_response_rows
from backend.reports.scope import Scope, one_year_before

_FULL = 100.0
_FIRST_FIGURE = MechanismFigure.AGREEMENTS_LIVE.value
_GROUPS = (
    GroupBy.MONTH,
    GroupBy.CITY,
    GroupBy.INSTITUTION,
    GroupBy.STAGE,
    GroupBy.INDUSTRY,
    GroupBy.QUALIFICATION,
    GroupBy.TECH_FIRM,
)
# How a clock ended or stands: what it is called, its number, and the state of its rows.
_ANSWERS = (
    ("按时", "within", ClockState.STOPPED_IN_TIME),
    ("迟答", "after", ClockState.STOPPED_LATE),
    ("办理中", "running", ClockState.RUNNING),
    ("逾期未答", "overdue", ClockState.OVERDUE),
)


class Bar(NamedTuple):
    """One stage of the funnel with the width of its bars, and where its rows are."""

    label: str
    counts: Mapping[str, int]
    before: Mapping[str, int]
    width: str
    width_before: str
    href: str
    href_before: str


class Money(NamedTuple):
    """One amount beside the year before, and where its rows are."""

    label: str
    now: Mapping[str, int]
    before: Mapping[str, int]
    href: str
    href_before: str


class FigurePage(DepartmentPage):
    """A page of figures over a scope."""

    word = Permission.FIGURE_VIEW

    def rows_at(self, scope: Scope, **which: str) -> str:
        """Return the page that lists the rows behind a figure."""
        return reverse("portal:department_figures_rows") + query_of(scope, **which)

    def both_rows(self, scope: Scope, cell: Cell) -> tuple[str, str]:
        """Return the rows behind a figure and behind that of the year before."""
        before = replace(scope, start=one_year_before(scope.start), end=one_year_before(scope.end))
        return self.rows_at(scope, cell=cell.value), self.rows_at(before, cell=cell.value)


class Dashboard(FigurePage):
    """Figures of a period beside the same period of the year before."""

    title = "数据看板"
    template_name = "portal/department/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the figures as of a day."""
        form, scope = read_scope(self.actor, request.GET)
        wanted = request.GET.get("group", "")
        group_by = GroupBy(wanted) if wanted in {one.value for one in _GROUPS} else None
        facts = load_facts(scope)
        funnel = draw_funnel(scope=scope, group_by=group_by, facts=facts)
        return self.show(
            status=422 if form.errors else 200,
            form=form,
            scope=scope,
            bars=self._bars(scope, funnel),
            amounts=self._amounts(scope, funnel),
            outcomes=self._outcomes(scope, funnel),
            group_by=group_by,
            group_choices=[(one.value, one.label) for one in _GROUPS],
            groups=self._groups(scope, funnel, group_by),
            groups_overlap=funnel["groups_overlap"],
            trend=draw_trend(
                scope,
                count_months(facts, scope),
                address=lambda cell, key: self.rows_at(
                    scope, cell=cell.value, group_by=GroupBy.MONTH.value, key=key
                ),
            ),
        )

    def _bars(self, scope: Scope, funnel: dict[str, Any]) -> list[Bar]:
        now, before = funnel["total"]["stages"], funnel["year_before"]["stages"]
        most = max(
            (_height(cell, found[cell]) for cell in STAGES for found in (now, before)), default=0
        )
        return [
            Bar(
                cell.label,
                now[cell],
                before[cell],
                _width(_height(cell, now[cell]), most),
                _width(_height(cell, before[cell]), most),
                *self.both_rows(scope, cell),
            )
            for cell in STAGES
        ]

    def _amounts(self, scope: Scope, funnel: dict[str, Any]) -> list[Money]:
        now, before = funnel["total"]["amounts"], funnel["year_before"]["amounts"]
        return [
            Money(cell.label, now[cell], before[cell], *self.both_rows(scope, cell))
            for cell in AMOUNTS
        ]

    def _outcomes(self, scope: Scope, funnel: dict[str, Any]) -> list[Money]:
        now, before = funnel["total"]["outcomes"], funnel["year_before"]["outcomes"]
        return [
            Money(state.label, now[state], before[state], *self.both_rows(scope, OUTCOME_OF[state]))
            for state in OutcomeState
        ]

    def _groups(
        self, scope: Scope, funnel: dict[str, Any], group_by: GroupBy | None
    ) -> list[dict[str, Any]]:
        if group_by is None:
            return []
        shown = (Cell.POSTED, Cell.REFERRED, Cell.APPROVED, Cell.DISBURSED)
        return [
            {
                "label": group["label"],
                "stages": [
                    (
                        cell.label,
                        (group["figures"]["stages"][cell] or {}).get(_unit_of(cell)),
                        self.rows_at(
                            scope, cell=cell.value, group_by=group_by.value, key=group["key"]
                        ),
                    )
                    for cell in shown
                ],
                "amount": group["figures"]["amounts"][Cell.DISBURSED_AMOUNT],
                "href": self.rows_at(
                    scope,
                    cell=Cell.DISBURSED_AMOUNT.value,
                    group_by=group_by.value,
                    key=group["key"],
                ),
            }
            for group in funnel["groups"]
        ]


class Ranking(FigurePage):
    """How fast institutions answer, as a part of the dashboard: half of its work by itself."""

    template_name = "portal/department/parts/response_ranking.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the ranking for the dashboard's scope."""
        _, scope = read_scope(self.actor, request.GET)
        return self.show(response=self._response(scope))

    def _response(self, scope: Scope) -> list[dict[str, Any]]:
        """Return institutions by how soon they answer first; those without an answer last."""
        rows = [row for row in draw_response(scope=scope)["rows"] if row["unit"] is None]
        ranked = []
        for row in rows:
            first = next(iter(row["clocks"]), None)
            ranked.append(
                {
                    "name": row["institution_name"],
                    "referrals": row["referrals"],
                    "first": first,
                    "by": first and first["median_workdays"],
                    "href": self.answers_at(scope, institution=row["institution"]),
                    "cells": self._answers(scope, row["institution"], first),
                }
            )
        ranked.sort(key=lambda row: (row["by"] is None, row["by"] or 0, row["name"]))
        return ranked

    def _answers(
        self, scope: Scope, institution: str, first: Mapping[str, Any] | None
    ) -> list[tuple[str, int | None, str]]:
        """Return how the first clock ended or stands, each number with where its rows are."""
        return [
            (
                label,
                first and first[key],
                self.answers_at(
                    scope, institution=institution, clock=first["clock"], state=state.value
                )
                if first
                else "",
            )
            for label, key, state in _ANSWERS
        ]

    def answers_at(self, scope: Scope, **which: str) -> str:
        """Return the page that lists the referrals behind response times."""
        return reverse("portal:department_figures_response") + query_of(scope, **which)


class Rows(FigurePage):
    """The needs, referrals, lines or drawdowns behind one figure of the funnel."""

    template_name = "portal/department/figure_rows.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the rows, a page at a time."""
        _, scope = read_scope(self.actor, request.GET)
        cell = _choice(Cell, request.GET.get("cell", Cell.POSTED.value))
        wanted = request.GET.get("group_by", "")
        group_by = _choice(GroupBy, wanted) if wanted else None
        found = find_rows(scope=scope, cell=cell, group_by=group_by, key=request.GET.get("key"))
        latest_first = sorted(found.entries, key=lambda key: (found.entries[key].day, key))[::-1]
        page = self.rows_page(latest_first)
        return self.show(
            title=f"{cell.label}明细",
            scope=scope,
            back=reverse("portal:department_figures") + query_of(scope),
            page=page,
            rows=[
                describe_row(row, found.entries[row.pk], with_firm=True)
                for row in found.rows_of(list(page))
            ],
        )


class MechanismRows(FigurePage):
    """What stands behind a figure on the mechanism: agreements, sheets, products, matters …"""

    template_name = "portal/department/mechanism_rows.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the rows, a page at a time."""
        _, scope = read_scope(self.actor, request.GET)
        figure = _choice(MechanismFigure, request.GET.get("figure") or _FIRST_FIGURE)
        rows = list_mechanism_rows(scope=scope, figure=figure)
        return self.show(
            back_label="定期报告",
            title=f"{figure.label}明细",
            scope=scope,
            back=reverse("portal:department_reports"),
            page=self.rows_page(rows),
        )


class ResponseRows(FigurePage):
    """The referrals behind an institution's response times."""

    template_name = "portal/department/figure_rows.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the referrals, a page at a time."""
        _, scope = read_scope(self.actor, request.GET)
        institution = request.GET.get("institution", "")[:64] or None
        clock = request.GET.get("clock", "")
        # All institutions together have so many rows only where a clock is asked about.
        if institution is None and not clock:
            clock = ClockKind.ACKNOWLEDGE.value
        state = request.GET.get("state", "")
        rows = find_response_rows(
            scope=scope,
            institution=institution,
            unit=None,
            clock=_choice(ClockKind, clock) if clock else None,
            state=_choice(ClockState, state) if state and clock else None,
        )
        page = self.rows_page(rows.order_by("sent_at", "pk"))
        return self.show(
            title="机构响应明细",
            scope=scope,
            back=reverse("portal:department_figures") + query_of(scope),
            page=page,
            rows=[describe_row(row, None, with_firm=True) for row in page],
        )


class ActivityRows(FigurePage):
    """The activities, participants, projects or intents behind one figure of a report."""

    template_name = "portal/department/activity_rows.html"
    word = Permission.REPORT_DRAW

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the rows, a page at a time."""
        _, scope = read_scope(self.actor, request.GET)
        figure = _choice(ActivityFigure, request.GET.get("figure", ActivityFigure.ACTIVITIES.value))
        return self.show(
            back_label="定期报告",
            title=f"{figure.label}明细",
            scope=scope,
            back=reverse("portal:department_reports"),
            has_amounts=COUNTED[figure][0] == "元",
            page=self.rows_page(list_activity_rows(scope=scope, figure=figure)),
        )


def _unit_of(cell: Cell) -> str:
    return "needs" if cell in NEED_STAGES else "referrals"


def _height(cell: Cell, counts: Mapping[str, int] | None) -> int:
    return (counts or {}).get(_unit_of(cell), 0)


def _width(count: int, most: int) -> str:
    return f"{_FULL * count / most:.2f}" if most else "0"


def _choice(choices: Any, text: str) -> Any:
    try:
        return choices(text)
    except ValueError:
        raise Http404 from None
