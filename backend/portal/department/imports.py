"""A list of firms imported from a workbook: checked first, then taken over as a whole."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.errors import DomainError, FieldProblem
from backend.exchange.roster_import import RosterResult, import_roster
from backend.firms.enums import RosterKind
from backend.firms.models import Roster
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.portal.forms import DayField, UploadForm
from backend.portal.pages import put_on_form

_SHOWN_ROSTERS = 10
_SHOWN_NOTICES = 20


class RosterForm(UploadForm):
    """A workbook, what it is, and for which period it holds."""

    kind = forms.ChoiceField(label="名单类别", choices=RosterKind.choices)
    file = forms.FileField(
        label="Excel 工作簿（.xlsx）",
        help_text="不超过 10 MiB；第一行为列名，含企业名称和统一社会信用代码。",
    )
    valid_from = DayField(label="有效期起")
    valid_until = DayField(label="有效期止（不含）", required=False)


class Import(DepartmentPage):
    """The form, what a trial would do or every fault of the file, and what was imported."""

    title = "名单导入"
    word = Permission.ROSTER_IMPORT
    template_name = "portal/department/import.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=RosterForm(), rosters=self._rosters())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the file, or take it over; every fault is named with its place."""
        form = RosterForm(request.POST, request.FILES)
        faults: list[FieldProblem] = []
        if request.POST.get("act") != "import":
            return self._try(form, faults)
        return self.submit(
            form,
            lambda: self._take_over(form, faults),
            to=lambda _: reverse("portal:department_import"),
            faults=faults,
            rosters=self._rosters(),
        )

    def _try(self, form: RosterForm, faults: list[FieldProblem]) -> HttpResponse:
        result = None
        if form.is_valid():
            try:
                result = self._read(form, faults, is_dry_run=True)
            except DomainError as error:
                put_on_form(form, error)
        template = "portal/department/parts/import_result.html" if self.request.htmx else None
        return self.show(
            template,
            status=200 if result else 422,
            form=form,
            result=result,
            faults=faults,
            rosters=self._rosters(),
        )

    def _take_over(self, form: RosterForm, faults: list[FieldProblem]) -> RosterResult:
        result = self._read(form, faults, is_dry_run=False)
        if result.roster is None:
            messages.info(self.request, "文件内容平台都已有，没有新增。")
        else:
            messages.success(
                self.request,
                f"已导入 {result.rows} 行：新建企业 {result.firms_created} 户，新增资质 "
                f"{result.qualifications_created} 项，更新 {result.qualifications_changed} 项。",
            )
        for notice in result.notices[:_SHOWN_NOTICES]:
            messages.warning(self.request, f"第 {notice.row} 行：{notice.message}")
        return result

    def _read(
        self, form: RosterForm, faults: list[FieldProblem], *, is_dry_run: bool
    ) -> RosterResult:
        values = form.cleaned_data
        try:
            return import_roster(
                actor=self.actor,
                data=values["file"].read(),
                file_name=values["file"].name,
                kind=RosterKind(values["kind"]),
                valid_from=values["valid_from"],
                valid_until=values["valid_until"],
                is_dry_run=is_dry_run,
                now=self.now,
            )
        except DomainError as error:
            faults += [one for one in error.problems if one.field not in form.fields]
            raise

    def _rosters(self) -> Any:
        own = Roster.objects.filter(organization=self.actor.organization)
        return own.select_related("imported_by")[:_SHOWN_ROSTERS]
