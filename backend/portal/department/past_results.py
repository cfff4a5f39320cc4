"""Outcomes from before the platform: a table is checked, then taken over as a whole."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from backend.common.errors import DomainError, FieldProblem
from backend.exchange.past_results_import import PastImportResult, import_past_results
from backend.exchange.past_results_template import write_template
from backend.learning.models import SOURCE_MAX_LENGTH, PastSource
from backend.learning.services.sources import withdraw_source
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.portal.forms import UploadForm
from backend.portal.pages import put_on_form
from backend.ranking.policies import can_manage_models

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class HistoryForm(UploadForm):
    """A table of outcomes, and where they come from."""

    source = forms.CharField(
        label="数据来源",
        max_length=SOURCE_MAX_LENGTH,
        help_text="如“长春市 2021—2025 年对接台账”；同一来源可分几次导入。",
    )
    file = forms.FileField(
        label="Excel 工作簿（.xlsx）或 CSV", help_text="不超过 10 MiB；列名与模板一致。"
    )


class HistoryPage(DepartmentPage):
    """A page about outcomes from before the platform."""

    word = Permission.MODEL_VIEW
    post_word = Permission.MODEL_MANAGE

    def sources(self) -> QuerySet[PastSource]:
        """Return the visible sources, the newest first."""
        return PastSource.objects.visible_to(self.actor).order_by("-pk")

    def page(self, template: str | None = None, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show the form and the sources."""
        page = self.rows_page(self.sources())
        can_manage = can_manage_models(self.actor)
        return self.show(
            template, status=status, page=page, sources=page, can_manage=can_manage, **more
        )


class History(HistoryPage):
    """The form, what a trial would do or every fault of the file, and the sources."""

    title = "历史结果"
    template_name = "portal/department/ranking_history.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.page(form=HistoryForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the file, or take it over; every fault is named with its place."""
        form = HistoryForm(request.POST, request.FILES)
        faults: list[FieldProblem] = []
        if request.POST.get("act") != "import":
            return self._try(form, faults)
        page = self.rows_page(self.sources())
        return self.submit(
            form,
            lambda: self._take_over(form, faults),
            to=lambda _: reverse("portal:department_ranking_history"),
            faults=faults,
            page=page,
            sources=page,
            can_manage=can_manage_models(self.actor),
        )

    def _try(self, form: HistoryForm, faults: list[FieldProblem]) -> HttpResponse:
        result = None
        if form.is_valid():
            try:
                result = self._read(form, faults, is_dry_run=True)
            except DomainError as error:
                put_on_form(form, error)
        template = "portal/department/parts/history_result.html" if self.request.htmx else None
        return self.page(
            template, status=200 if result else 422, form=form, result=result, faults=faults
        )

    def _take_over(self, form: HistoryForm, faults: list[FieldProblem]) -> PastImportResult:
        result = self._read(form, faults, is_dry_run=False)
        if result.source is None:
            messages.info(self.request, "文件中的结果此前都已导入，没有新增。")
        else:
            messages.success(
                self.request,
                f"已导入 {result.created} 条结果（此前已有 {result.unchanged} 条），"
                "下次训练即会用到。",
            )
        return result

    def _read(
        self, form: HistoryForm, faults: list[FieldProblem], *, is_dry_run: bool
    ) -> PastImportResult:
        values = form.cleaned_data
        try:
            return import_past_results(
                actor=self.actor,
                data=values["file"].read(),
                file_name=values["file"].name,
                source=values["source"],
                is_dry_run=is_dry_run,
                now=self.now,
            )
        except DomainError as error:
            faults += [one for one in error.problems if one.field not in form.fields]
            raise


class HistoryTemplate(HistoryPage):
    """The empty workbook with notes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Hand out the workbook."""
        disposition = content_disposition_header(as_attachment=True, filename="历史结果模板.xlsx")
        return HttpResponse(
            write_template(),
            content_type=WORKBOOK_TYPE,
            headers={"Content-Disposition": disposition},
        )


class WithdrawHistory(HistoryPage):
    """A source, taken back by a press."""

    def post(self, request: HttpRequest, source_id: UUID) -> HttpResponse:
        """Let no version learn from it from now on."""
        source = self.find(self.sources(), source_id)
        return self.act(
            lambda: withdraw_source(
                actor=self.actor,
                source=source,
                expected_revision=self.expected_revision(source),
                now=self.now,
            ),
            to=reverse("portal:department_ranking_history"),
            done="已撤回；以后的训练不再使用该来源。",
        )
