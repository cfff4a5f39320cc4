"""What institutions would be sent or were sent of a list, and how it differs from before."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from backend.exchange.sheet_workbook import write_sheet
from backend.exchange.whole_list_workbook import export_list, name_of
from backend.matches.payloads import EXPLORED_NOTE
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.portal.department.lists import ListPage, address_of
from backend.referrals import list_selectors, previews
from backend.referrals.enums import ChangeKind, ListKind
from backend.referrals.exploring import list_slots
from backend.referrals.list_lifecycle import TRANSITIONS, ListAction
from backend.referrals.models import ReferralList

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _count(changes: dict[str, str]) -> list[tuple[str, int]]:
    """Count what is new, changed, goes on or was withdrawn."""
    kinds = list(changes.values())
    return [(kind.label, kinds.count(kind.value)) for kind in ChangeKind]


class Preview(ListPage):
    """What each institution would be sent now, a page of rows at a time, and what falls out."""

    template_name = "portal/department/list_preview.html"

    def get(self, request: HttpRequest, list_id: UUID) -> HttpResponseBase:
        """Compose the sheets; nothing is kept."""
        found = self.find(self.lists(), list_id)
        if found.sent_at is not None:
            messages.info(request, "清单已发送，下面是各机构收到的清单。")
            return redirect(address_of(found))
        expected = previews.list_expected_sheets(found)
        wanted = request.GET.get("institution", "")
        named = {one.institution.code: one for one in expected}
        chosen = named.get(wanted) or next(iter(expected), None)
        return self.show(
            title=f"预览 {found.number}",
            list=found,
            back=address_of(found),
            expected=expected,
            chosen=chosen,
            **(self._content(found, chosen.institution) if chosen else {}),
        )

    def _content(self, found: ReferralList, institution: Organization) -> dict[str, Any]:
        """Compose the rows of the page that is shown, and say which of them would fall out."""
        page = self.rows_page(previews.list_expected_rows(found, institution))
        preview = list_selectors.preview_list(
            found, day=self.actor.today, keys=[row.pk for row in page]
        )
        sheet = next(iter(preview.sheets), None)
        return {
            "page": page,
            "content": list_selectors.content_as_sent(sheet) if sheet else None,
            "version": sheet.version if sheet else None,
            "fallen": [(row, obstacle.label) for row, obstacle in preview.fallen.items()],
            "others": [
                (ChangeKind(kind).label, count)
                for kind, count in previews.count_others(found, institution).items()
                if count
            ],
            **self._slots(found, page),
        }

    def _slots(self, found: ReferralList, page: Iterable[Any]) -> dict[str, Any]:
        """Name what stands beside the ranking of the page's needs, and whether it may be added."""
        if found.kind == ListKind.ROSTER:
            return {}
        needs = Need.objects.with_firm().filter(pk__in={row.need_id for row in page})
        is_own = found.department_id == self.actor.organization.pk
        return {
            "slots": list_slots(found, needs, day=self.actor.today),
            "can_add": is_own
            and self.actor.has(Permission.LIST_DRAFT)
            and (found.status, ListAction.EDIT) in TRANSITIONS,
            "add_reason": EXPLORED_NOTE,
        }


class SheetDetail(ListPage):
    """One sheet as it was sent, and what it changed against the one before."""

    template_name = "portal/department/sheet.html"

    def get(self, request: HttpRequest, list_id: UUID, sheet_id: UUID) -> HttpResponse:
        """Show the sheet."""
        found = self.find(self.lists(), list_id)
        sheet = self.find(list_selectors.list_sheets(found).defer(None), sheet_id)
        content = list_selectors.content_of(sheet)
        # Rows and referrals stand in one order, so that one page turns both.
        page = self.rows_page(content["rows"])
        return self.show(
            title=f"{sheet.institution.name} 第 {sheet.version} 版",
            list=found,
            sheet=sheet,
            back=address_of(found),
            content=content | {"rows": list(page)},
            page=page,
            counts=_count(sheet.changes),
            changes=[
                change
                for change in list_selectors.compare_sheets(sheet, sheet.previous)
                if change["change"] in {ChangeKind.CHANGED, ChangeKind.WITHDRAWN}
            ],
            referrals=self._referrals(sheet),
        )

    def _referrals(self, sheet: Any) -> Any:
        rows = sheet.referrals.select_related(
            "need__firm__organization", "unit", "product_version__product", "handler"
        )
        return self.rows_page(rows.order_by("need__code", "pk"))


class SheetWorkbook(ListPage):
    """One sheet as a workbook to be passed on; recorded as a disclosure."""

    def get(self, request: HttpRequest, list_id: UUID, sheet_id: UUID) -> HttpResponse:
        """Hand out the workbook."""
        found: ReferralList = self.find(self.lists(), list_id)
        sheet = self.find(list_selectors.list_sheets(found), sheet_id)
        data = write_sheet(actor=self.actor, sheet=sheet, now=self.now)
        name = f"{found.number}-{sheet.institution.name}-第{sheet.version}版.xlsx"
        return _workbook(data, name)


class WholeWorkbook(ListPage):
    """All rows of one's own list as a workbook; each time stands in the journal."""

    def get(self, request: HttpRequest, list_id: UUID) -> HttpResponse:
        """Hand out the workbook."""
        own = self.lists().filter(department=self.actor.organization)
        found = self.find(own, list_id)
        return _workbook(export_list(actor=self.actor, referral_list=found), name_of(found))


def _workbook(data: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        data, content_type=WORKBOOK_TYPE, headers={"Content-Disposition": disposition}
    )
