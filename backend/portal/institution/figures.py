"""An institution's own figures: funnel, response times, promise against actual."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from backend.common.errors import DomainError
from backend.organizations.permissions import Permission
from backend.portal.forms import DayField, PlainForm
from backend.portal.institution.pages import InstitutionPage
from backend.portal.pages import put_on_form
from backend.referrals.enums import OutcomeState
from backend.reports.cells import AMOUNTS, NEED_CELLS, REFERRAL_STAGES
from backend.reports.funnel import draw_funnel
from backend.reports.groups import GroupBy
from backend.reports.products import draw_products
from backend.reports.response import draw_response
from backend.reports.scope import Scope, make_scope

_GROUPS = (GroupBy.MONTH, GroupBy.UNIT, GroupBy.PRODUCT)


class PeriodForm(PlainForm):
    """The days that are reported on, both included."""

    use_required_attribute = False

    start = DayField(label="自", required=False)
    last = DayField(label="至", required=False)

    def days(self) -> dict[str, date | None]:
        """Return the period as reports take it: the end excluded."""
        last = self.cleaned_data["last"]
        return {
            "start": self.cleaned_data["start"],
            "end": last + timedelta(days=1) if last else None,
        }


class FigurePage(InstitutionPage):
    """A page of figures about what was referred to the unit and to those below it."""

    word = Permission.FIGURE_VIEW


class Figures(FigurePage):
    """Funnel beside the year before, response times, products; of any period."""

    title: ClassVar[str] = "本机构统计"
    template_name = "portal/institution/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the figures of the period asked for, by default of this year."""
        form = PeriodForm(request.GET)
        scope = make_scope(actor=self.actor)
        status = 200
        if form.is_valid():
            try:
                scope = make_scope(actor=self.actor, **form.days())
            except DomainError as error:
                put_on_form(form, error)
        if form.errors:
            status = 422
        asked = request.GET.get("group", "")
        group_by = GroupBy(asked) if asked in _GROUPS else GroupBy.MONTH
        funnel = draw_funnel(scope=scope, group_by=group_by)
        return self.show(
            status=status,
            form=form,
            scope=scope,
            last=scope.end - timedelta(days=1),
            bars=bars_of(funnel),
            amounts=amounts_of(funnel["total"], funnel["year_before"]),
            outcomes=[
                (state.label, funnel["total"]["outcomes"][state.value]) for state in OutcomeState
            ],
            groups=rows_of_groups(funnel),
            stages=[cell.label for cell in REFERRAL_STAGES],
            group_by=group_by,
            choices=[(group.value, group.label) for group in _GROUPS],
            response_rows=rows_of_response(draw_response(scope=scope)),
            products=draw_products(scope=scope),
        )


class FunnelInShort(FigurePage):
    """This year's funnel, for the first page."""

    template_name = "portal/institution/funnel_short.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw a part of a page."""
        scope: Scope = make_scope(actor=self.actor)
        funnel = draw_funnel(scope=scope)
        return self.show(
            bars=bars_of(funnel), amounts=amounts_of(funnel["total"], funnel["year_before"])
        )


def bars_of(funnel: Mapping[str, Any]) -> list[dict[str, Any]]:
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
        }
        for place, cell in enumerate(REFERRAL_STAGES)
    ]


def amounts_of(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the amounts that institutions have, beside those of the year before."""
    return [
        {
            "label": cell.label,
            **now["amounts"][cell.value],
            "before": before["amounts"][cell.value]["amount_yuan"],
        }
        for cell in AMOUNTS
        if cell not in NEED_CELLS
    ]


def rows_of_groups(funnel: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row per group: referrals by stage, and the money that was paid out."""
    return [
        {
            "label": group["label"],
            "counts": [
                (cell.label, group["figures"]["stages"][cell.value]["referrals"])
                for cell in REFERRAL_STAGES
            ],
            "disbursed_yuan": group["figures"]["amounts"]["disbursed_amount"]["amount_yuan"],
        }
        for group in funnel["groups"]
    ]


def rows_of_response(response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row per unit and clock; the total of an institution only beside several units."""
    units = Counter(row["institution"] for row in response["rows"] if row["unit"])
    return [
        {"name": row["unit_name"] or f"{row['institution_name']}（合计）", **clock}
        for row in response["rows"]
        if row["unit"] or units[row["institution"]] > 1
        for clock in row["clocks"]
    ]
