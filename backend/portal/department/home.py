"""The first page of a department: what waits today, each number leading to its list."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.matches.models import MatchRun
from backend.needs.models import Need
from backend.organizations.models import Membership
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.recommendations.models import Recommendation
from backend.referrals import desk
from backend.referrals.models import EscalationCase, Matter, ReferralList


class ToDo(NamedTuple):
    """Something that waits: how many, what that means, and where they are listed."""

    label: str
    count: int
    note: str
    href: str

    @property
    def tone(self) -> str:
        """Stand out as long as something waits."""
        return "warn" if self.count else ""


class Home(DepartmentPage):
    """What waits today."""

    title = "工作台"
    word = Permission.NEED_VIEW
    template_name = "portal/department/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the counts and what was at work last."""
        return self.show(
            to_dos=self._to_dos(),
            lists=ReferralList.objects.visible_to(self.actor)
            .filter(department=self.actor.organization)
            .for_display()
            .order_by("-pk")[:5],
            run=MatchRun.objects.visible_to(self.actor)
            .select_related("region")
            .with_progress()
            .first(),
        )

    def _to_dos(self) -> list[ToDo]:
        actor = self.actor

        def address(name: str, query: str = "") -> str:
            return reverse(f"portal:department_{name}") + query

        needs = Need.objects.visible_to(actor).submitted()
        places = Membership.objects.speaking_below(actor)
        accounts = places.without_authority(actor.today)
        recommended = Recommendation.objects.in_turn_of(actor)
        cases = EscalationCase.objects.visible_to(actor).open()
        matters = Matter.objects.visible_to(actor).open()
        own = ReferralList.objects.visible_to(actor).filter(department=actor.organization)
        waiting: list[tuple[str, Any, str, str]] = [
            ("待核验需求", needs, "企业已提交", address("needs")),
            ("待核验账号", accounts, "新注册或授权到期", address("accounts")),
            ("待办推荐", recommended, "轮到本级核验", address("recommendations")),
            ("待签清单", desk.lists_to_sign(actor), "轮到您签批", address("lists", "?show=sign")),
            ("逾期提请", cases, "机构逾期未答复", address("escalations")),
            ("放款异议", desk.contested_outcomes(actor), "等待核实", address("outcomes")),
            ("协调事项", matters, "尚未办结", address("matters")),
            ("系统起草清单", own.untouched(), "等待查看", address("lists", "?show=automatic")),
        ]
        return [ToDo(label, rows.count(), note, href) for label, rows, note, href in waiting]
