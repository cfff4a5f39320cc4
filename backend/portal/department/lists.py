"""Referral lists: all of them, a new one from a match run, and one with its rows."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.portal.department.forms import DraftForm
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.referrals import desk, list_selectors
from backend.referrals.enums import ApprovalPost, ListKind, ListStatus
from backend.referrals.list_lifecycle import TRANSITIONS, ListAction
from backend.referrals.models import ReferralList, UnplacedNeed
from backend.referrals.services import approval, drafting

SELECTIONS = {
    "all": "全部",
    "sign": "待我签批",
    "draft": "起草中",
    "in_approval": "审批中",
    "approved": "待发送",
    "sent": "已发送",
    "automatic": "系统起草",
}
TABS = {"rows": "在列", "removed": "已剔除", "unplaced": "未分配"}


class ListPage(DepartmentPage):
    """A page about lists of the department and of those below it."""

    word = Permission.LIST_VIEW

    def lists(self) -> QuerySet[ReferralList]:
        """Return the visible lists with what pages show of them."""
        return ReferralList.objects.visible_to(self.actor).for_display()


class Lists(ListPage):
    """Lists by state, the newest first."""

    title = "推送清单"
    template_name = "portal/department/lists.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        return self.show(
            page=self.rows_page(self._select(selection).order_by("-pk")),
            selection=selection,
            selections=SELECTIONS.items(),
            to_sign=desk.lists_to_sign(self.actor).count(),
            can_draft=self.actor.has(Permission.LIST_DRAFT),
        )

    def _select(self, selection: str) -> QuerySet[ReferralList]:
        match selection:
            case "sign":
                return self.lists().filter(pk__in=desk.lists_to_sign(self.actor))
            case "automatic":
                own = self.lists().filter(department=self.actor.organization)
                return own.filter(pk__in=ReferralList.objects.untouched())
            case "all":
                return self.lists()
        return self.lists().filter(status=selection)


class Draft(AskPage):
    """A new list by allocation, from the needs of a match run."""

    title = "起草清单"
    word = Permission.LIST_DRAFT
    template_name = "portal/department/list_draft.html"
    button = "按分配结果起草"
    done = "清单已起草。请检查在列和未分配的需求，再送审。"

    def load(self) -> None:
        """Nothing is named."""
        return

    def form(self, subject: None, data: Any = None) -> DraftForm:
        """Ask for run, fan-out and title."""
        return DraftForm(data, actor=self.actor)

    def call(self, subject: None, values: dict[str, Any]) -> ReferralList:
        """Allocate on the catalogue, consents and agreements of now."""
        run = DraftForm(actor=self.actor).runs[values["run"]]
        return drafting.draft_list(
            actor=self.actor,
            match_run=run,
            per_need=values["per_need"],
            title=values["title"],
            now=self.now,
        )

    def back(self, subject: None) -> str:
        """Lead to the lists."""
        return reverse("portal:department_lists")

    def onward(self, subject: None, result: ReferralList) -> str:
        """Lead to the new list."""
        return address_of(result)


class Detail(ListPage):
    """One list: where it stands, who signed, its rows with the reasons of the allocation."""

    template_name = "portal/department/list.html"

    def get(self, request: HttpRequest, list_id: UUID) -> HttpResponse:
        """Show the list with one of its tables, a page at a time."""
        found = self.find(self.lists(), list_id)
        tab = self.selection([*TABS], "tab")
        page = self.rows_page(self._rows(found, tab))
        return self.show(
            title=f"清单 {found.number}",
            list=found,
            is_roster=found.kind == ListKind.ROSTER,
            tab=tab,
            tabs=self._tabs(found),
            page=page,
            unplaced=self._with_institutions(page) if tab == "unplaced" else [],
            **self._signatures(found),
            **self._possible(found),
            sheets=self._sheets(found),
        )

    def _tabs(self, found: ReferralList) -> list[tuple[str, str, int]]:
        return [(code, label, self._rows(found, code).count()) for code, label in TABS.items()]

    def _rows(self, found: ReferralList, tab: str) -> QuerySet[Any]:
        if tab == "unplaced":
            return list_selectors.list_unplaced(found).order_by("reason", "need__code")
        if found.kind == ListKind.ROSTER:
            rows = found.roster_rows.with_names().order_by(
                "firm__organization__name", "institution__code", "pk"
            )
        else:
            rows = list_selectors.list_rows(found).order_by("need__code", "institution__code", "pk")
        return rows.filter(removed_at__isnull=tab == "rows")

    def _with_institutions(self, page: Iterable[UnplacedNeed]) -> list[tuple[UnplacedNeed, str]]:
        """Name the institutions that stand behind each reason; one query."""
        rows = list(page)
        codes = {code for row in rows for code in row.institutions}
        names = dict(Organization.objects.filter(code__in=codes).values_list("code", "name"))
        return [
            (row, "、".join(names.get(code, code) for code in row.institutions)) for row in rows
        ]

    def _signatures(self, found: ReferralList) -> dict[str, Any]:
        chain = approval.get_chain(found.department)
        given = {
            one.post: one for one in found.approvals.all() if one.round == found.approval_round
        }
        due = approval.get_due_post(found)
        return {
            "chain": [(seat, given.get(seat.post)) for seat in chain],
            "due_label": ApprovalPost(due).label if due else "",
            "can_sign": bool(due) and desk.can_sign(self.actor, found),
        }

    def _possible(self, found: ReferralList) -> dict[str, bool]:
        is_own = found.department_id == self.actor.organization.pk

        def can(action: ListAction, word: Permission) -> bool:
            return (
                is_own
                and self.actor.has(word)
                and (ListStatus(found.status), action) in TRANSITIONS
            )

        return {
            "can_export": is_own,
            "can_edit": can(ListAction.EDIT, Permission.LIST_DRAFT),
            "can_submit": can(ListAction.SUBMIT, Permission.LIST_DRAFT),
            "can_discard": can(ListAction.DISCARD, Permission.LIST_DRAFT),
            "can_send": can(ListAction.SEND, Permission.LIST_SEND),
            "can_recall": can(ListAction.RECALL, Permission.LIST_SEND),
        }

    def _sheets(self, found: ReferralList) -> QuerySet[Any]:
        answered = Q(referrals__answered_at__isnull=False)
        return list_selectors.list_sheets(found).annotate(
            sent_count=Count("referrals"), answered_count=Count("referrals", filter=answered)
        )


def address_of(referral_list: ReferralList) -> str:
    """Return the page of a list."""
    return reverse("portal:department_lists_detail", args=[referral_list.public_id])
