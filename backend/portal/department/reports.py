"""The annual and the monthly report: read as a page, fetched as Word or Excel."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.errors import DomainError
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.portal.forms import DayField, PlainForm
from backend.portal.pages import put_on_form
from backend.reports.documents.files import DocumentKind, write_file
from backend.reports.figures import Figure
from backend.reports.periodic import ReportKind, draw_report, report_scope
from backend.reports.scope import EARLIEST, Scope

_MONTHS = 12


class PeriodForm(PlainForm):
    """Which year or month, as of which day."""

    year = forms.IntegerField(label="年份", required=False, min_value=EARLIEST.year, max_value=9998)
    month = forms.IntegerField(label="月份", required=False, min_value=1, max_value=_MONTHS)
    as_of = DayField(label="截止记录日", required=False)

    def __init__(self, *args: Any, kind: ReportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind is ReportKind.ANNUAL:
            del self.fields["month"]


class ReportPage(DepartmentPage):
    """A page about one report."""

    word = Permission.REPORT_DRAW

    def scope(self, kind: ReportKind, form: PeriodForm) -> Scope | None:
        """Return what the form asks about; None, with the reason on the form."""
        if not form.is_valid():
            return None
        try:
            return report_scope(actor=self.actor, kind=kind, **form.cleaned_data)
        except DomainError as error:
            put_on_form(form, error)
            return None


def _entries_of(scope: Scope) -> dict[str, Any]:
    """Return what one would have entered for a report."""
    return {"year": scope.start.year, "month": scope.start.month, "as_of": scope.as_of}


def _kind(text: str) -> ReportKind:
    if text not in ReportKind.values:
        raise Http404
    return ReportKind(text)


class Read(ReportPage):
    """A report with every figure's basis."""

    template_name = "portal/department/report.html"

    def get(self, request: HttpRequest, kind: str = ReportKind.ANNUAL) -> HttpResponse:
        """Show which report it is; what is long to draw is asked for by the page itself."""
        report_kind = _kind(request.GET.get("kind", kind))
        form = PeriodForm(request.GET, kind=report_kind)
        scope = self.scope(report_kind, form)
        if scope:
            form = PeriodForm(kind=report_kind, initial=_entries_of(scope))
        return self.show(
            status=200 if scope else 422,
            title=report_kind.label,
            form=form,
            kind=report_kind.value,
            kinds=ReportKind.choices,
            scope=scope,
            files=DocumentKind.choices,
        )


class Drawn(ReportPage):
    """The report itself, as a part of its page: half a second's work at ten thousand needs."""

    template_name = "portal/department/parts/report_drawn.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the report as of a day."""
        kind = _kind(request.GET.get("kind", ReportKind.ANNUAL.value))
        scope = self.scope(kind, PeriodForm(request.GET, kind=kind))
        if scope is None:
            raise Http404
        report = draw_report(scope=scope, kind=kind)
        return self.show(
            report=report,
            figures=[(one, _rows_behind(one)) for one in report.figures.values()],
        )


_PAGES = {
    "reports/funnel/rows/": "figures_rows",
    "reports/mechanism/rows/": "figures_mechanism",
    "reports/response/rows/": "figures_response",
}


def _rows_behind(figure: Figure) -> str:
    """Return the page with the rows of a figure; nothing for a figure that has none."""
    path, _, query = figure.rows.partition("?")
    if path not in _PAGES:
        return ""
    asked = dict(parse_qsl(query))
    asked["start"] = asked.pop("from")
    asked["last"] = (date.fromisoformat(asked.pop("until")) - timedelta(days=1)).isoformat()
    return f"{reverse(f'portal:department_{_PAGES[path]}')}?{urlencode(asked)}"


class File(ReportPage):
    """A report as a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Hand out the Word or Excel file."""
        kind = _kind(request.GET.get("kind", ReportKind.ANNUAL.value))
        file = request.GET.get("file", DocumentKind.WORD.value)
        scope = self.scope(kind, PeriodForm(request.GET, kind=kind))
        if scope is None or file not in DocumentKind.values:
            raise Http404
        found = write_file(draw_report(scope=scope, kind=kind), DocumentKind(file))
        return HttpResponse(
            found.data,
            content_type=found.media_type,
            headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
        )
