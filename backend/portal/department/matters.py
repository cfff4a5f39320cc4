"""Silences, contested money and matters to coordinate: what an officer decides about referrals."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.permissions import Permission
from backend.portal.department.forms import MatterForm, ReconcileForm, RepairForm
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.portal.templatetags.portal import day, money
from backend.referrals import desk
from backend.referrals.models import Drawdown, Matter, Referral
from backend.referrals.services import matters, outcomes

_ROW = ("referral__need__firm__organization", "referral__institution")
SELECTIONS = {"open": "未办结", "all": "全部"}


class Outcomes(DepartmentPage):
    """Money of which firm and institution say different things."""

    title = "放款异议"
    word = Permission.OUTCOME_RECONCILE
    template_name = "portal/department/outcomes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List what is contested, the oldest first."""
        rows = desk.contested_outcomes(self.actor).select_related(*_ROW)
        return self.show(page=self.rows_page(rows.order_by("drawn_on", "pk")))


class Reconcile(AskPage):
    """What the department found of contested money."""

    title = "核实放款"
    word = Permission.OUTCOME_RECONCILE
    lead = "请向企业和机构核实后填写；核实金额计入统计。"
    button = "提交核实结果"
    done = "已记录核实结果。"

    def load(self, referral_id: UUID, drawdown: UUID) -> Drawdown:
        """Return one of the referral's drawdowns."""
        referral = self.find(Referral.objects.visible_to(self.actor), referral_id)
        found = referral.drawdowns.select_related(*_ROW).filter(public_id=drawdown).first()
        if found is None:
            raise Http404
        return found

    def revised(self, subject: Drawdown) -> Referral:
        """The referral carries the revision."""
        return subject.referral

    def form(self, subject: Drawdown, data: Any = None) -> ReconcileForm:
        """Ask for amount and findings, with what was reported at hand."""
        return ReconcileForm(data, initial={"amount_yuan": subject.amount_yuan})

    def context(self, subject: Drawdown) -> dict[str, Any]:
        """Show above the form what the institution reported and the firm says to it."""
        need, bank = subject.referral.need, subject.referral.institution.name
        said = "".join(
            f"；{review.get_state_display()}（{day(review.reviewed_at)}）：{review.note}"
            for review in subject.reviews.all()
            if review.note
        )
        return super().context(subject) | {
            "quote": f"{need.firm.organization.name}（{need.code}）：{bank}"
            f"报告{day(subject.drawn_on)}放款{money(subject.amount_yuan)}{said}"
        }

    def call(self, subject: Drawdown, values: dict[str, Any]) -> Referral:
        """Settle the amount."""
        return outcomes.reconcile_outcome(
            actor=self.actor,
            referral=subject.referral,
            drawdown=subject,
            expected_revision=self.expected_revision(subject.referral),
            now=self.now,
            **values,
        )

    def back(self, subject: Drawdown) -> str:
        """Lead to the list."""
        return reverse("portal:department_outcomes")


class Matters(DepartmentPage):
    """What firms and institutions ask to have coordinated."""

    title = "协调事项"
    word = Permission.MATTER_VIEW
    template_name = "portal/department/matters.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        visible = Matter.objects.visible_to(self.actor)
        chosen = visible.open() if selection == "open" else visible
        rows = chosen.select_related(*_ROW, "agency", "raised_for")
        return self.show(
            page=self.rows_page(rows.order_by("-raised_at", "-pk")),
            selection=selection,
            selections=SELECTIONS.items(),
            waiting=visible.open().count(),
        )


class MatterPage(AskPage):
    """A form about one matter."""

    word = Permission.MATTER_MANAGE

    def load(self, matter_id: UUID) -> Matter:
        """Return the matter."""
        return self.find(self._visible(), matter_id)

    def back(self, subject: Matter) -> str:
        """Lead to the list."""
        return reverse("portal:department_matters")

    def context(self, subject: Matter) -> dict[str, Any]:
        """Show what is asked above the form."""
        return super().context(subject) | {"quote": subject.text}

    def told(self, subject: Matter) -> dict[str, Any]:
        """Return what both services are told."""
        return {
            "actor": self.actor,
            "matter": subject,
            "expected_revision": self.expected_revision(subject),
        }

    def _visible(self) -> QuerySet[Matter]:
        return Matter.objects.visible_to(self.actor).select_related(*_ROW, "agency", "raised_for")


class AssignMatter(MatterPage):
    """Who deals with a matter, how, and by when."""

    title = "安排协调事项"
    button = "保存"
    done = "已保存。"

    def form(self, subject: Matter, data: Any = None) -> MatterForm:
        """Ask who leads, how and by when."""
        known = {
            "agency": subject.agency.code if subject.agency else "",
            "agency_name": subject.agency_name,
            "measure": subject.measure,
            "due_on": subject.due_on,
        }
        return MatterForm(data, initial=known)

    def call(self, subject: Matter, values: dict[str, Any]) -> Matter:
        """Keep what was arranged."""
        return matters.update_matter(**self.told(subject), changes=values)


class RepairMatter(MatterPage):
    """How a matter was settled."""

    title = "办结协调事项"
    button = "办结"
    done = "已办结。"

    def form(self, subject: Matter, data: Any = None) -> RepairForm:
        """Ask for the result."""
        return RepairForm(data)

    def call(self, subject: Matter, values: dict[str, Any]) -> Matter:
        """Settle the matter; the declined referral may be taken up again."""
        return matters.repair_matter(**self.told(subject), now=self.now, **values)
