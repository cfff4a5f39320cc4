"""Lists that an institution was sent: as workbooks out, and their filled-in copies back in."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from backend.common.errors import DomainError
from backend.exchange.returned_import import import_returned
from backend.exchange.sheet_workbook import write_sheet
from backend.organizations.permissions import Permission
from backend.portal.institution.pages import InstitutionPage
from backend.portal.institution.sheet_forms import ReturnedForm
from backend.portal.pages import put_on_form
from backend.referrals.enums import ChangeKind, ListKind, ReferralStatus
from backend.referrals.inbox import inbox_of
from backend.referrals.models import Sheet

_PAGE_SIZE = 30
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetPage(InstitutionPage):
    """A page about sheets that the unit, or one below it, was addressed with."""

    word = Permission.REFERRAL_VIEW

    def sheets(self) -> QuerySet[Sheet]:
        """Return the sheets, with how many of their referrals wait for a first answer."""
        waiting = Q(referrals__status=ReferralStatus.SENT)
        return (
            Sheet.objects.visible_to(self.actor)
            .for_display()
            .select_related("referral_list", "department")
            .annotate(
                referral_count=Count("referrals"), waiting_count=Count("referrals", filter=waiting)
            )
        )


class SheetList(SheetPage):
    """The sheets that were received, the newest first."""

    title = "收到的清单"
    template_name = "portal/institution/sheets.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of sheets."""
        rows = self.sheets().order_by("-sent_at", "-pk")
        return self.show(page=Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page")))


class SheetDetail(SheetPage):
    """One sheet: its rows, its workbook, and the way back in."""

    template_name = "portal/institution/sheet.html"

    @transaction.atomic
    def get(self, request: HttpRequest, sheet_id: UUID) -> HttpResponse:
        """Show the sheet."""
        sheet = self.find(self.sheets(), sheet_id)
        return self.show(form=ReturnedForm(), **self._context(sheet))

    def post(self, request: HttpRequest, sheet_id: UUID) -> HttpResponse:
        """Read a filled-in copy: good rows take effect, the others are named.

        The same copy a second time changes nothing, so the result is shown without leading on.
        """
        sheet = self.find(self.sheets(), sheet_id)
        form = ReturnedForm(request.POST, request.FILES)
        result = None
        if form.is_valid():
            try:
                result = import_returned(
                    actor=self.actor,
                    sheet=sheet,
                    data=form.cleaned_data["file"].read(),
                    now=self.now,
                )
            except DomainError as error:
                put_on_form(form, error)
        with transaction.atomic():
            context = self._context(self.find(self.sheets(), sheet_id))
            status = 200 if result is not None else 422
            return self.show(form=form, result=result, status=status, **context)

    def _context(self, sheet: Sheet) -> dict[str, Any]:
        referrals = inbox_of(self.actor).filter(sheet=sheet)
        ordered = referrals.order_by(F("next_due_on").asc(nulls_last=True), "pk")
        page = Paginator(ordered.values_list("pk", flat=True), _PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        changes = [kind for kind in (sheet.changes or {}).values() if isinstance(kind, str)]
        return {
            "title": sheet.referral_list.title,
            "sheet": sheet,
            "is_roster": sheet.referral_list.kind == ListKind.ROSTER,
            "changes": [
                (kind.label, changes.count(kind.value))
                for kind in ChangeKind
                if changes.count(kind.value)
            ],
            "page": page,
            "rows": self.rows_of(self.loaded(page)),
            "may_return": self.actor.has(Permission.REFERRAL_ANSWER),
        }


class SheetWorkbook(SheetPage):
    """A sheet as a workbook to be filled in; what it shows of firms is recorded."""

    def get(self, request: HttpRequest, sheet_id: UUID) -> HttpResponse:
        """Send the workbook."""
        sheet = self.find(self.sheets(), sheet_id)
        name = f"{sheet.referral_list.number}-v{sheet.version}.xlsx"
        return HttpResponse(
            write_sheet(actor=self.actor, sheet=sheet, now=self.now),
            content_type=_WORKBOOK_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
