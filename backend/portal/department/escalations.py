"""Silences that the department was told of: go on to the next institution, or wait."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.permissions import Permission
from backend.portal.department.forms import ConfirmNextForm, DeclineNextForm
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.referrals.models import EscalationCase
from backend.referrals.services import next_choice

SELECTIONS = {"open": "待处理", "all": "全部"}


def _with_names(cases: QuerySet[EscalationCase]) -> QuerySet[EscalationCase]:
    return cases.select_related(
        "referral__need__firm__organization",
        "referral__institution",
        "referral__unit",
        "next_institution",
        "supplement",
        "decided_by",
    )


class Escalations(DepartmentPage):
    """Overdue referrals, the longest overdue first."""

    title = "逾期提请"
    word = Permission.ESCALATION_DECIDE
    template_name = "portal/department/escalations.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        visible = EscalationCase.objects.visible_to(self.actor)
        if selection == "open":
            chosen = visible.open().order_by("due_on", "pk")
        else:
            chosen = visible.order_by("-opened_at", "-pk")
        return self.show(
            page=self.rows_page(_with_names(chosen)),
            selection=selection,
            selections=SELECTIONS.items(),
            waiting=visible.open().count(),
        )


class Detail(DepartmentPage):
    """One silence: since when, what the platform proposes, what was decided."""

    word = Permission.ESCALATION_DECIDE
    template_name = "portal/department/escalation.html"

    def get(self, request: HttpRequest, escalation_id: UUID) -> HttpResponse:
        """Show the case with the story of its referral."""
        visible = EscalationCase.objects.visible_to(self.actor)
        case = self.find(_with_names(visible), escalation_id)
        return self.show(
            title=f"逾期提请 {case.referral.need.code}",
            case=case,
            steps=case.referral.steps.select_related("organization"),
        )


class Decide(AskPage):
    """What an officer decides of a silence."""

    word = Permission.ESCALATION_DECIDE

    def load(self, escalation_id: UUID) -> EscalationCase:
        """Return the case."""
        visible = EscalationCase.objects.visible_to(self.actor)
        return self.find(_with_names(visible), escalation_id)

    def back(self, subject: EscalationCase) -> str:
        """Lead to the case."""
        return reverse("portal:department_escalations_detail", args=[subject.public_id])

    def told(self, subject: EscalationCase) -> dict[str, Any]:
        """Return what both services are told."""
        return {
            "actor": self.actor,
            "case": subject,
            "expected_revision": self.expected_revision(subject),
            "now": self.now,
        }


class Confirm(Decide):
    """Go on to the next institution."""

    title = "顺延下一机构"
    lead = "原推送失效，系统起草一份补充清单，按程序签批后发送。"
    button = "同意顺延"
    done = "已同意顺延，补充清单已起草，请送审。"

    def form(self, subject: EscalationCase, data: Any = None) -> ConfirmNextForm:
        """Ask where the need goes."""
        return ConfirmNextForm(data, actor=self.actor, proposed=subject.next_institution)

    def call(self, subject: EscalationCase, values: dict[str, Any]) -> EscalationCase:
        """End the silent referral and draft the supplement."""
        return next_choice.confirm_next(
            **self.told(subject),
            institution_code=values["institution"] or None,
            note=values["note"],
        )


class Decline(Decide):
    """Let the institution keep the referral."""

    title = "不予顺延"
    lead = "推送仍由原机构办理。"
    button = "不予顺延"
    done = "已记录：不予顺延。"

    def form(self, subject: EscalationCase, data: Any = None) -> DeclineNextForm:
        """Ask for the reason."""
        return DeclineNextForm(data)

    def call(self, subject: EscalationCase, values: dict[str, Any]) -> EscalationCase:
        """Close the case."""
        return next_choice.decline_next(**self.told(subject), **values)
