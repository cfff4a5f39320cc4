"""The funnel of recommendations: recommended, returned, passed, verified, sent, funded.

Each level sees its own: a county its firms', a city and the province those of all below. A
recommendation counts once per stage, on the day on which it reached the stage first, and always in
the group of the department that made it. Drawn as of a day like the other figures.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.db.models import QuerySet

from backend.common.workdays import HOURS
from backend.organizations.enums import Agency, DepartmentLevel
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.recommendations.enums import RecommendationAct
from backend.recommendations.models import Recommendation, RecommendationStep
from backend.reference.models import Region
from backend.reports.cells import Cell
from backend.reports.facts import load_facts
from backend.reports.groups import traits_of
from backend.reports.scope import Scope

_SOURCE = "平台记录"
_TOTAL = ""


class Stage(models.TextChoices):
    """How far a recommendation came."""

    RECOMMENDED = "recommended", "已推荐"
    RETURNED = "returned", "曾退回"
    PASSED = "passed", "中间层级已核验"
    VERIFIED = "verified", "末级已核验"
    SENT = "sent", "已推送机构"
    FUNDED = "funded", "已投放"


class RecommendedBy(models.TextChoices):
    """What one row stands for."""

    LEVEL = "level", "推荐层级"
    AGENCY = "agency", "所属系统"
    DEPARTMENT = "department", "推荐部门"
    CITY = "city", "市州"
    COUNTY = "county", "县（市、区）"


_STAGE_OF = {
    RecommendationAct.SUBMITTED: Stage.RECOMMENDED,
    RecommendationAct.RETURNED: Stage.RETURNED,
    RecommendationAct.PASSED: Stage.PASSED,
    RecommendationAct.ACCEPTED: Stage.VERIFIED,
}
# What becomes of the need after the last level has accepted it.
_LATER = {Cell.REFERRED: Stage.SENT, Cell.DISBURSED: Stage.FUNDED}


class _About(NamedTuple):
    need: int
    firm: int
    level: str
    agency: str
    department: str
    region: str


class _Reached(NamedTuple):
    stage: Stage
    day: date
    recommendation: int


@dataclass(frozen=True, slots=True)
class FoundRecommendations:
    """The visible recommendations behind one figure, and the day on which each counts."""

    rows: QuerySet[Recommendation]
    days: Mapping[int, date]


def draw_recommendations(*, scope: Scope, group_by: RecommendedBy | None = None) -> dict[str, Any]:
    """Return the funnel of a period in all and by group; a fixed number of queries."""
    scope.actor.require(Permission.RECOMMENDATION_VIEW)
    about = _load_about(scope)
    found: defaultdict[str, defaultdict[Stage, list[int]]] = defaultdict(lambda: defaultdict(list))
    for reached in _period(scope, about):
        found[_TOTAL][reached.stage].append(reached.recommendation)
        if group_by is not None:
            key = _key(about[reached.recommendation], group_by)
            found[key][reached.stage].append(reached.recommendation)
    keys = sorted(found.keys() - {_TOTAL})
    labels = _labels(group_by, keys) if group_by else {}
    return {
        "source": _SOURCE,
        "as_of": scope.as_of,
        "region": scope.region,
        "from": scope.start,
        "until": scope.end,
        "group_by": group_by,
        "total": _figures(about, found[_TOTAL]),
        "groups": [
            {"key": key, "label": labels.get(key, key), "figures": _figures(about, found[key])}
            for key in keys
        ],
    }


def find_recommendations(
    *, scope: Scope, stage: Stage, group_by: RecommendedBy | None = None, key: str | None = None
) -> FoundRecommendations:
    """Return the recommendations behind a figure, as many as it says."""
    scope.actor.require(Permission.RECOMMENDATION_VIEW)
    about = _load_about(scope)
    days = {
        reached.recommendation: reached.day
        for reached in _period(scope, about)
        if reached.stage is stage
        and (group_by is None or _key(about[reached.recommendation], group_by) == key)
    }
    return FoundRecommendations(_visible(scope).filter(pk__in=days).for_display(), days)


def _visible(scope: Scope) -> QuerySet[Recommendation]:
    return Recommendation.objects.visible_to(scope.actor).filter(
        scope.inside(firm="need__firm"), submitted_at__isnull=False
    )


def _load_about(scope: Scope) -> dict[int, _About]:
    rows = _visible(scope).values_list(
        "pk",
        "need_id",
        "need__firm_id",
        "level",
        "agency",
        "department__code",
    )
    found = list(rows)
    region_of = dict(traits_of(scope, {firm for _, _, firm, *_ in found}, "region_id"))
    return {pk: _About(need, firm, *columns, region_of[firm]) for pk, need, firm, *columns in found}


def _period(scope: Scope, about: Mapping[int, _About]) -> Iterable[_Reached]:
    reached = _of_steps(scope, about)
    reached += _of_needs(scope, about, {r.recommendation: r.day for r in reached if _is_end(r)})
    return (one for one in reached if scope.start <= one.day < scope.end)


def _is_end(reached: _Reached) -> bool:
    return reached.stage is Stage.VERIFIED


def _of_steps(scope: Scope, about: Mapping[int, _About]) -> list[_Reached]:
    """Return the day of the first step of each kind, as far as it was taken by then."""
    first: dict[tuple[int, Stage], date] = {}
    steps = RecommendationStep.objects.filter(
        recommendation__in=list(about), act__in=list(_STAGE_OF), taken_at__lt=scope.cutoff
    )
    for pk, act, at in steps.order_by("taken_at", "pk").values_list(
        "recommendation_id", "act", "taken_at"
    ):
        first.setdefault((pk, _STAGE_OF[RecommendationAct(act)]), HOURS.local(at).date())
    return [_Reached(stage, day, pk) for (pk, stage), day in first.items()]


def _of_needs(
    scope: Scope, about: Mapping[int, _About], verified: Mapping[int, date]
) -> list[_Reached]:
    """Return when needs went to an institution, and when money came, after the last level."""
    if not verified:
        return []
    days: defaultdict[tuple[int, Cell], list[date]] = defaultdict(list)
    for entry in load_facts(scope).entries:
        if entry.cell in _LATER:
            days[entry.need, entry.cell].append(entry.day)
    found = []
    for pk, accepted_on in verified.items():
        for cell, stage in _LATER.items():
            later = [day for day in days[about[pk].need, cell] if day >= accepted_on]
            if later:
                found.append(_Reached(stage, min(later), pk))
    return found


def _key(about: _About, group_by: RecommendedBy) -> str:
    if group_by is RecommendedBy.CITY:
        return f"{about.region[:4]}00"
    if group_by is RecommendedBy.COUNTY:
        return about.region
    return str(getattr(about, group_by.value))


def _labels(group_by: RecommendedBy, keys: list[str]) -> dict[str, str]:
    if group_by is RecommendedBy.LEVEL:
        return dict(DepartmentLevel.choices)
    if group_by is RecommendedBy.AGENCY:
        return dict(Agency.choices)
    model = Organization if group_by is RecommendedBy.DEPARTMENT else Region
    return dict(model.objects.filter(code__in=keys).values_list("code", "name"))


def _figures(
    about: Mapping[int, _About], found: Mapping[Stage, list[int]]
) -> dict[str, dict[str, int]]:
    return {
        stage.value: {
            "recommendations": len(pks := found.get(stage, [])),
            "needs": len({about[pk].need for pk in pks}),
            "firms": len({about[pk].firm for pk in pks}),
        }
        for stage in Stage
    }
