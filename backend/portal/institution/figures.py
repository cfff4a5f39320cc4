"""An institution's own figures: funnel, response times, promise against actual."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.clocks import ClockState
from backend.organizations.permissions import Permission
from backend.portal.institution.pages import InstitutionPage
from backend.portal.institution.periods import last_day, query_of, read_period
from backend.referrals.enums import OutcomeState
from backend.reports.cells import AMOUNTS, NEED_CELLS, OUTCOME_OF, REFERRAL_STAGES, Cell
from backend.reports.funnel import draw_funnel
from backend.reports.groups import GroupBy
from backend.reports.products import ProductPart, draw_products
from backend.reports.response import draw_response
from backend.reports.scope import Scope, make_scope, one_year_before

_GROUPS = (GroupBy.MONTH, GroupBy.UNIT, GroupBy.PRODUCT)
# What is counted of a clock: in words, in the figures, and by the state that lists its rows.
_COUNTS = (
    ("已答复", "answered", "answered"),
    ("按时", "within", ClockState.STOPPED_IN_TIME),
    ("超时", "after", ClockState.STOPPED_LATE),
    ("计时中", "running", ClockState.RUNNING),
    ("已逾期", "overdue", ClockState.OVERDUE),
)


class FigurePage(InstitutionPage):
    """A page of figures about what was referred to the unit and to those below it."""

    word = Permission.FIGURE_VIEW


class Figures(FigurePage):
    """Funnel beside the year before, response times, products; of any period."""

    title: ClassVar[str] = "本机构统计"
    template_name = "portal/institution/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the figures of the period asked for, by default of this year."""
        form, scope = read_period(self.actor, request.GET)
        asked = request.GET.get("group", "")
        group_by = GroupBy(asked) if asked in _GROUPS else GroupBy.MONTH
        funnel = draw_funnel(scope=scope, group_by=group_by)
        return self.show(
            status=422 if form.errors else 200,
            form=form,
            scope=scope,
            last=last_day(scope),
            bars=bars_of(funnel, scope),
            amounts=amounts_of(funnel, scope),
            outcomes=[
                (
                    state.label,
                    funnel["total"]["outcomes"][state.value],
                    rows_at(scope, OUTCOME_OF[state]),
                )
                for state in OutcomeState
            ],
            groups=rows_of_groups(funnel, scope, group_by),
            stages=[cell.label for cell in REFERRAL_STAGES],
            group_by=group_by,
            choices=[(group.value, group.label) for group in _GROUPS],
            response_rows=rows_of_response(draw_response(scope=scope), scope),
            products=products_of(draw_products(scope=scope), scope),
        )


class FunnelInShort(FigurePage):
    """This year's funnel, for the first page."""

    template_name = "portal/institution/funnel_short.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw a part of a page."""
        scope: Scope = make_scope(actor=self.actor)
        funnel = draw_funnel(scope=scope)
        return self.show(bars=bars_of(funnel, scope), amounts=amounts_of(funnel, scope))


def rows_at(scope: Scope, cell: Cell, **which: str) -> str:
    """Return the page that lists the rows behind a figure of the funnel."""
    return reverse("portal:institution_figures_rows") + query_of(scope, cell=cell.value, **which)


def bars_of(funnel: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
    """Return the stages of referrals with how wide their bars are, of a hundred."""
    now, before = funnel["total"]["stages"], funnel["year_before"]["stages"]
    most = max(now[cell.value]["referrals"] for cell in REFERRAL_STAGES)
    return [
        {
            "label": cell.label,
            "referrals": now[cell.value]["referrals"],
            "firms": now[cell.value]["firms"],
            "before": before[cell.value]["referrals"],
            "width": round(now[cell.value]["referrals"] / most * 100, 1) if most else 0,
            "top": place * 26,
            "href": rows_at(scope, cell),
            "href_before": rows_at(year_before(scope), cell),
        }
        for place, cell in enumerate(REFERRAL_STAGES)
    ]


def year_before(scope: Scope) -> Scope:
    """Return the same days of the year before."""
    return replace(scope, start=one_year_before(scope.start), end=one_year_before(scope.end))


def amounts_of(funnel: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
    """Return the amounts that institutions have, beside those of the year before."""
    now, before = funnel["total"]["amounts"], funnel["year_before"]["amounts"]
    return [
        {
            "label": cell.label,
            **now[cell.value],
            "before": before[cell.value]["amount_yuan"],
            "href": rows_at(scope, cell),
            "href_before": rows_at(year_before(scope), cell),
        }
        for cell in AMOUNTS
        if cell not in NEED_CELLS
    ]


def rows_of_groups(
    funnel: Mapping[str, Any], scope: Scope, group_by: GroupBy
) -> list[dict[str, Any]]:
    """Return one row per group: referrals by stage, and the money that was paid out."""

    def at(cell: Cell, group: Mapping[str, Any]) -> str:
        return rows_at(scope, cell, group_by=group_by.value, key=group["key"])

    return [
        {
            "label": group["label"],
            "counts": [
                (
                    cell.label,
                    group["figures"]["stages"][cell.value]["referrals"],
                    at(cell, group),
                )
                for cell in REFERRAL_STAGES
            ],
            "disbursed_yuan": group["figures"]["amounts"]["disbursed_amount"]["amount_yuan"],
            "disbursed_href": at(Cell.DISBURSED_AMOUNT, group),
        }
        for group in funnel["groups"]
    ]


def rows_of_response(response: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
    """Return one row per unit and clock that has started for somebody.

    The total of an institution stands only beside several units.
    """
    units = Counter(row["institution"] for row in response["rows"] if row["unit"])
    place = reverse("portal:institution_figures_response")
    return [
        {
            "name": row["unit_name"] or f"{row['institution_name']}（合计）",
            "label": clock["label"],
            "median_workdays": clock["median_workdays"],
            "p90_workdays": clock["p90_workdays"],
            "counts": [
                (
                    label,
                    clock[key],
                    place
                    + query_of(
                        scope,
                        institution=row["institution"],
                        unit=row["unit"] or "",
                        clock=clock["clock"],
                        state=state,
                    ),
                )
                for label, key, state in _COUNTS
            ],
        }
        for row in response["rows"]
        if row["unit"] or units[row["institution"]] > 1
        for clock in row["clocks"]
        if any(clock[key] for _, key, _ in _COUNTS)
    ]


def products_of(drawn: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """Return promise against actual with where the rows of each number are."""
    place = reverse("portal:institution_figures_product")
    return {
        **drawn,
        "rows": [
            row
            | {
                "counts": {
                    part.value: (
                        row[part.value],
                        place + query_of(scope, product=row["product"], part=part.value),
                    )
                    for part in ProductPart
                }
            }
            for row in drawn["rows"]
        ],
    }
