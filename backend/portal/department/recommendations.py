"""Recommendations of needs on their way upward: verified or sent back, level by level."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.enums import DepartmentLevel
from backend.organizations.permissions import Permission
from backend.portal.department.forms import RecommendationReturnForm, RecommendationVerifyForm
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.recommendations.models import Recommendation
from backend.recommendations.services import leading

SELECTIONS = {"turn": "轮到本级", "all": "全部"}


class Recommendations(DepartmentPage):
    """Recommendations that wait for this level, and all others."""

    title = "走访推荐"
    word = Permission.RECOMMENDATION_VIEW
    template_name = "portal/department/recommendations.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        in_turn = Recommendation.objects.in_turn_of(self.actor)
        chosen = in_turn if selection == "turn" else Recommendation.objects.visible_to(self.actor)
        return self.show(
            page=self.rows_page(chosen.for_display().order_by("-submitted_at", "-pk")),
            selection=selection,
            selections=SELECTIONS.items(),
            waiting=in_turn.count(),
        )


class Detail(DepartmentPage):
    """One recommendation: the visit, the five standards, and what each level said."""

    word = Permission.RECOMMENDATION_VIEW
    template_name = "portal/department/recommendation.html"

    def get(self, request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
        """Show the recommendation."""
        visible = Recommendation.objects.visible_to(self.actor)
        found = self.find(visible.with_story(), recommendation_id)
        return self.show(
            title=f"推荐 {found.need.code}",
            recommendation=found,
            route=[DepartmentLevel(level).label for level in found.route],
            is_in_turn=Recommendation.objects.in_turn_of(self.actor).filter(pk=found.pk).exists(),
        )


class Answer(AskPage):
    """What a level says of a recommendation."""

    word = Permission.RECOMMENDATION_VERIFY

    def load(self, recommendation_id: UUID) -> Recommendation:
        """Return the recommendation."""
        return self.find(self._visible(), recommendation_id)

    def back(self, subject: Recommendation) -> str:
        """Lead to the recommendation."""
        return reverse("portal:department_recommendations_detail", args=[subject.public_id])

    def told(self, subject: Recommendation) -> dict[str, Any]:
        """Return what both services are told."""
        return {
            "actor": self.actor,
            "recommendation": subject,
            "expected_revision": self.expected_revision(subject),
            "now": self.now,
        }

    def _visible(self) -> QuerySet[Recommendation]:
        return Recommendation.objects.visible_to(self.actor).for_display()


class Verify(Answer):
    """Verified for the level in turn."""

    title = "核验推荐"
    button = "核验通过"
    done = "已核验。"

    def form(self, subject: Recommendation, data: Any = None) -> RecommendationVerifyForm:
        """Ask for a note."""
        return RecommendationVerifyForm(data)

    def call(self, subject: Recommendation, values: dict[str, Any]) -> Recommendation:
        """Verify; with the last level the need is open."""
        return leading.verify_recommendation(**self.told(subject), **values)


class Return(Answer):
    """Sent back to the department that made it."""

    title = "退回推荐"
    button = "退回推荐部门"
    tone = "danger"
    done = "已退回推荐部门。"

    def form(self, subject: Recommendation, data: Any = None) -> RecommendationReturnForm:
        """Ask for the reason."""
        return RecommendationReturnForm(data)

    def call(self, subject: Recommendation, values: dict[str, Any]) -> Recommendation:
        """Send it back."""
        return leading.return_recommendation(**self.told(subject), **values)
