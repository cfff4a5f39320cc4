"""The referrals, lines and drawdowns behind an institution's figures."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.clocks import ClockState
from backend.organizations.permissions import Permission
from backend.portal.institution.pages import InstitutionPage
from backend.portal.institution.periods import last_day, query_of, read_period
from backend.referrals.enums import ClockKind
from backend.referrals.models import Referral
from backend.reports.cells import NEED_CELLS, Cell
from backend.reports.facts import Entry
from backend.reports.funnel import describe_row, find_rows
from backend.reports.groups import GroupBy
from backend.reports.products import ProductPart, find_product_rows
from backend.reports.response import find_response_rows
from backend.reports.scope import Scope

_PAGE_SIZE = 30
_LONGEST = 64
_ANSWERED = (ClockState.STOPPED_IN_TIME, ClockState.STOPPED_LATE)


class RowsPage(InstitutionPage):
    """Rows behind one figure; firms are named on the referral's page only, by its policy."""

    word = Permission.FIGURE_VIEW
    template_name: ClassVar[str] = "portal/institution/figure_rows.html"

    def found(self, scope: Scope) -> tuple[str, QuerySet, Callable[[Any], Entry | None]]:
        """Return what the rows are called, the rows, and what each adds to the figure."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the rows, a page at a time."""
        _, scope = read_period(self.actor, request.GET)
        title, rows, entry_of = self.found(scope)
        page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
        return self.show(
            title=title,
            scope=scope,
            last=last_day(scope),
            back=reverse("portal:institution_figures") + query_of(scope),
            page=page,
            rows=[describe_row(row, entry_of(row), with_firm=False) for row in page],
        )

    def asked(self, name: str) -> str:
        """Return a parameter, never longer than a code."""
        return self.request.GET.get(name, "")[:_LONGEST]

    def choice(self, choices: Any, name: str, default: Any = "") -> Any:
        """Return a parameter as one of some choices; anything else leads nowhere."""
        try:
            return choices(self.asked(name) or default)
        except ValueError:
            raise Http404 from None


class FunnelRows(RowsPage):
    """Rows behind a stage, an amount or an outcome, in all or of one group."""

    def found(self, scope: Scope) -> tuple[str, QuerySet, Callable[[Any], Entry | None]]:
        """Find them by the figure's cell."""
        cell = self.choice(Cell, "cell", Cell.REFERRED)
        if cell in NEED_CELLS:
            raise Http404
        group_by = self.choice(GroupBy, "group_by") if self.asked("group_by") else None
        found = find_rows(scope=scope, cell=cell, group_by=group_by, key=self.asked("key") or None)
        rows = found.rows if found.rows.query.order_by else found.rows.order_by("pk")
        return f"{cell.label}明细", rows, lambda row: found.entries[row.pk]


class ResponseRows(RowsPage):
    """Referrals behind the response times of a unit."""

    def found(self, scope: Scope) -> tuple[str, QuerySet, Callable[[Any], Entry | None]]:
        """Find them by unit, clock and its state; what has been answered was so in time or late."""
        clock = self.choice(ClockKind, "clock", ClockKind.ACKNOWLEDGE)
        state = self.asked("state") or "answered"
        states = _ANSWERED if state == "answered" else [self.choice(ClockState, "state")]
        rows: QuerySet = Referral.objects.none()
        for state in states:
            rows |= find_response_rows(
                scope=scope,
                institution=self.asked("institution") or None,
                unit=self.asked("unit") or None,
                clock=clock,
                state=state,
            )
        return f"{clock.label}响应明细", rows.order_by("sent_at", "pk"), lambda _row: None


class ProductRows(RowsPage):
    """Decided referrals behind a product's promise against what it did."""

    def found(self, scope: Scope) -> tuple[str, QuerySet, Callable[[Any], Entry | None]]:
        """Find them by the product's code."""
        part = self.choice(ProductPart, "part", ProductPart.DECIDED)
        rows = find_product_rows(scope=scope, product=self.asked("product"), part=part)
        return "产品承诺与实际明细", rows.order_by("sent_at", "pk"), lambda _row: None
