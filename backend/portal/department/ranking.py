"""What the ranking is based on: versions, their comparison, and whom the ranking shows."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.learning.selectors import describe_in_use, list_withdrawn_names
from backend.learning.services import comparing, training
from backend.learning.services.monitoring import monitor
from backend.matches.learned_adapters import LEAST_FOR_CHANCES
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.ranking import services
from backend.ranking.enums import FITTED, VersionStatus
from backend.ranking.models import ModelVersion
from backend.ranking.policies import can_manage_models
from backend.ranking.services import is_better
from matching.vocabulary import FAMILIES

_SHOWN_GROUPS = 10
_FORM_LABELS = {"platt": "按平滑曲线估计", "isotonic": "按分段估计"}


class RankingPage(DepartmentPage):
    """A page about the versions of the ranking model."""

    word = Permission.MODEL_VIEW
    post_word = Permission.MODEL_MANAGE

    def versions(self) -> QuerySet[ModelVersion]:
        """Return the visible versions, the newest first."""
        visible = ModelVersion.objects.visible_to(self.actor)
        return visible.select_related("asked_by", "activated_by").order_by("-number")

    def press(self, call: Any, done: str) -> HttpResponse:
        """Make the call and lead back to the page."""
        return self.act(call, to=reverse("portal:department_ranking"), done=done)


class Ranking(RankingPage):
    """Everything on one page."""

    title = "排序依据"
    template_name = "portal/department/ranking.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what ranks now, the versions, and what is watched."""
        page = self.rows_page(self.versions())
        return self.show(
            in_use=describe_in_use(),
            page=page,
            versions=[shown_version(version) for version in page],
            can_manage=can_manage_models(self.actor),
            is_demonstration=settings.KERONG_DEMO,
        )


class Version(RankingPage):
    """One version: what it learned from, and how far what it said came true."""

    template_name = "portal/department/ranking_version.html"

    def get(self, request: HttpRequest, model_id: UUID) -> HttpResponse:
        """Show its figures, those of its chances by kind of product."""
        version = self.find(self.versions(), model_id)
        return self.show(
            title=f"模型 第{version.number}版",
            version=version,
            has_model=version.status in FITTED,
            withdrawn=list_withdrawn_names(version),
            reliability=[
                {
                    **row,
                    "label": FAMILIES.get(row["kind"], row["kind"]),
                    "form_label": _FORM_LABELS[row["form"]],
                }
                for row in version.metrics.get("reliability", [])
            ],
            least=LEAST_FOR_CHANCES,
        )


class Watched(RankingPage):
    """Whom the ranking shows and what drifts, as a part of its page: a second's work by itself."""

    template_name = "portal/department/parts/ranking_watched.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Work out what is watched."""
        watched = monitor(actor=self.actor, now=self.now)
        return self.show(
            watched=watched,
            exposures=[
                ("机构", watched.institutions[:_SHOWN_GROUPS]),
                ("地区", watched.regions[:_SHOWN_GROUPS]),
                ("企业阶段", watched.stages),
                ("是否首次融资", watched.borrowers),
            ],
        )


class Train(RankingPage):
    """A new version, asked for by a press."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask for it; a worker fits it."""
        demonstration = request.POST.get("data") == "demonstration"
        return self.press(
            lambda: training.request_training(
                actor=self.actor, demonstration=demonstration, now=self.now
            ),
            "已开始训练，完成后自动与当前排序比较。",
        )


class Compare(RankingPage):
    """A version, compared anew with what is in use."""

    def post(self, request: HttpRequest, model_id: UUID) -> HttpResponse:
        """Compare it."""
        version = self.find(self.versions(), model_id)
        return self.press(
            lambda: comparing.compare_version(
                actor=self.actor,
                version=version,
                expected_revision=self.expected_revision(version),
                now=self.now,
            ),
            "已比较。",
        )


class Activate(RankingPage):
    """A version, put in use by a press."""

    def post(self, request: HttpRequest, model_id: UUID) -> HttpResponse:
        """Rank with it from now on."""
        version = self.find(self.versions(), model_id)
        return self.press(
            lambda: services.activate_version(
                actor=self.actor,
                version=version,
                expected_revision=self.expected_revision(version),
                now=self.now,
            ),
            f"已启用模型 第{version.number}版，新的匹配即按其排序。",
        )


class RollBack(RankingPage):
    """What was in use before, taken back by a press."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Rank with it again, or by rules."""
        to_rules = request.POST.get("to") == "rules"
        return self.press(
            lambda: services.roll_back(actor=self.actor, to_rules=to_rules, now=self.now),
            "已回退。",
        )


def shown_version(version: ModelVersion) -> dict[str, Any]:
    """Return what a row of the table shows of a version."""
    found = version.comparison
    return {
        "version": version,
        "has_model": version.status in FITTED,
        "comparison": found,
        "base": f"模型 第{found['base']}版" if found and found["base"] else "规则",
        "is_better": bool(found) and is_better(found),
        "can_activate": version.status in {VersionStatus.TRAINED, VersionStatus.RETIRED},
    }
