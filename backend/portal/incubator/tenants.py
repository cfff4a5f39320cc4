"""Tenants: the list, their import from a workbook, and where their needs stand."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.errors import DomainError, FieldProblem, InvalidInput
from backend.exchange.roster_import import RosterResult, import_tenants
from backend.organizations.permissions import Permission
from backend.portal.forms import DayField, PlainForm
from backend.portal.incubator.pages import IncubatorPage
from backend.portal.pages import put_on_form
from backend.referrals.tenant_progress import list_tenant_progress, may_see_progress

_PAGE_SIZE = 50
_LARGEST_BYTES = 10 * 1024 * 1024


class Tenants(IncubatorPage):
    """Every stay in the incubator, the latest first."""

    title = "在孵企业"
    word = Permission.TENANT_VIEW
    template_name = "portal/incubator/tenants.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page, with what each firm lets the incubator do."""
        stays = self.stays()
        searched = request.GET.get("q", "").strip()[:60]
        if searched:
            stays = stays.filter(firm__organization__name__icontains=searched)
        page = Paginator(stays.order_by("-valid_from", "-pk"), _PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        return self.show(page=page, searched=searched)


class TenantProgress(IncubatorPage):
    """Where one tenant's needs stand; nothing is there without the firm's leave."""

    word = Permission.TENANT_VIEW
    template_name = "portal/incubator/tenant.html"

    def get(self, request: HttpRequest, tenant_id: UUID) -> HttpResponse:
        """Show how far, never how much."""
        stay = self.find(self.stays(), tenant_id)
        if not may_see_progress(self.actor, stay):
            raise Http404
        return self.show(
            title=stay.firm.organization.name,
            stay=stay,
            needs=list_tenant_progress(actor=self.actor, tenancy=stay),
        )


class TenantsForm(PlainForm):
    """A workbook; rows without dates of their own take those given here."""

    file = forms.FileField(
        label="Excel 工作簿（.xlsx）",
        help_text="列：统一社会信用代码、企业名称、所在地区、入驻日期、离开日期；不超过 10 MiB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    valid_from = DayField(label="入驻日期（表中未写的按此日）")
    valid_until = DayField(
        label="离开日期（表中未写的按此日）", required=False, help_text="仍在孵的不填。"
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before anybody reads it."""
        file = self.cleaned_data["file"]
        if file.size > _LARGEST_BYTES:
            raise forms.ValidationError(
                f"文件有 {file.size / 1024**2:.1f} MiB，最多 10 MiB；请分成几个文件。"
            )
        return file


class ImportTenants(IncubatorPage):
    """A list of tenants, tried first and then taken in: all of it, or nothing."""

    title = "导入在孵企业名单"
    word = Permission.TENANT_IMPORT
    template_name = "portal/incubator/import.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(form=TenantsForm(initial={"valid_from": self.actor.today}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the file, or take it in; faults are listed by row and column."""
        form = TenantsForm(request.POST, request.FILES)
        if "import" in request.POST:
            return self.submit(
                form,
                lambda: self._import(form, is_dry_run=False),
                to=lambda _: reverse("portal:incubator_tenants"),
                done="名单已导入。",
            )
        result = None
        if form.is_valid():
            try:
                result = self._import(form, is_dry_run=True)
            except DomainError as error:
                put_on_form(form, error)
        return self.show(form=form, result=result, status=200 if result else 422)

    def _import(self, form: TenantsForm, *, is_dry_run: bool) -> RosterResult:
        file = form.cleaned_data["file"]
        try:
            return import_tenants(
                actor=self.actor,
                data=file.read(),
                file_name=file.name,
                valid_from=form.cleaned_data["valid_from"],
                valid_until=form.cleaned_data["valid_until"],
                is_dry_run=is_dry_run,
                now=self.now,
            )
        except InvalidInput as error:
            problems = tuple(_with_place(one, form) for one in error.problems)
            raise InvalidInput(error.code, error.message, problems=problems) from error


def _with_place(problem: FieldProblem, form: TenantsForm) -> FieldProblem:
    """Say in a fault's message in which sheet, row and column it is."""
    if problem.field in form.fields:
        return problem
    place = " ".join(
        f"第 {part} 行" if part.isdigit() else part for part in problem.field.split(".")
    )
    return replace(problem, message=f"{place}：{problem.message}")
