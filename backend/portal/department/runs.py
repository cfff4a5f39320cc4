"""Match runs: started, watched, cancelled, read."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.learning.selectors import basis_of
from backend.matches import selectors, services
from backend.matches.enums import ACTIVE_RUN_STATUSES
from backend.matches.models import MatchRun
from backend.organizations.permissions import Permission
from backend.portal.department.forms import RunForm
from backend.portal.department.pages import AskPage, DepartmentPage

_SHOWN_MATCHES = 3


class RunPage(DepartmentPage):
    """A page about the department's runs."""

    word = Permission.RUN_VIEW
    post_word = Permission.RUN_MANAGE

    def runs(self) -> QuerySet[MatchRun]:
        """Return the visible runs with how far they are."""
        visible = MatchRun.objects.visible_to(self.actor)
        return visible.select_related("region", "started_by").with_progress()


class Runs(RunPage):
    """Every run, the newest first."""

    title = "匹配批次"
    template_name = "portal/department/runs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the runs, a page at a time."""
        return self.show(
            page=self.rows_page(self.runs().order_by("-pk")),
            can_start=self.actor.has(Permission.RUN_MANAGE),
        )


class Start(AskPage):
    """A new run over the department's region and below."""

    title = "发起匹配"
    word = Permission.RUN_MANAGE
    lead = "对本辖区全部已核验的需求重新计算；同一地区同时只有一个批次。"
    button = "开始计算"
    done = "已开始计算。"

    def load(self) -> None:
        """Nothing is named."""
        return

    def form(self, subject: None, data: Any = None) -> RunForm:
        """Ask for day and length of lists."""
        return RunForm(data)

    def call(self, subject: None, values: dict[str, Any]) -> MatchRun:
        """Start the run; workers compute it."""
        return services.start_run(actor=self.actor, now=self.now, **values)

    def back(self, subject: None) -> str:
        """Lead to the runs."""
        return reverse("portal:department_runs")

    def onward(self, subject: None, result: MatchRun) -> str:
        """Lead to the run."""
        return reverse("portal:department_runs_detail", args=[result.public_id])


class Detail(RunPage):
    """One run: how far it is, and its result."""

    template_name = "portal/department/run.html"

    def get(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        """Show the run with its result, a page at a time."""
        run = self.find(self.runs(), run_id)
        page = self.rows_page(selectors.list_run_rows(run))
        return self.show(
            title=f"匹配批次 {run.as_of:%Y-%m-%d}",
            run=run,
            basis=basis_of(run.library_versions),
            page=page,
            rows=[
                row | {"matches": row["matches"][:_SHOWN_MATCHES]}
                for row in selectors.describe_rows(list(page))
            ],
            can_cancel=self.actor.has(Permission.RUN_MANAGE),
            **progress_of(run),
        )


class Progress(RunPage):
    """How far a run is, asked again and again while it is at work."""

    template_name = "portal/department/parts/run_progress.html"

    def get(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        """Show the part of the page; once the run has ended, have the page shown anew."""
        run = self.find(self.runs(), run_id)
        answer = self.show(run=run, **progress_of(run))
        if run.status not in ACTIVE_RUN_STATUSES:
            answer["HX-Refresh"] = "true"
        return answer


class Cancel(RunPage):
    """A run, stopped by a press."""

    def post(self, request: HttpRequest, run_id: UUID) -> HttpResponse:
        """Stop the run; what was computed stays readable."""
        run = self.find(self.runs(), run_id)
        return self.act(
            lambda: services.cancel_run(
                actor=self.actor,
                run=run,
                expected_revision=self.expected_revision(run),
                now=self.now,
            ),
            to=reverse("portal:department_runs_detail", args=[run.public_id]),
            done="已取消，已算出的部分可以查看。",
        )


def progress_of(run: MatchRun) -> dict[str, Any]:
    """Return the share of needs that are done, as people read it, and whether it goes on."""
    share = run.needs_done / run.needs_total if run.needs_total else 1.0
    return {"share": f"{share * 100:.0f}", "is_active": run.status in ACTIVE_RUN_STATUSES}
