"""Which levels a region's needs pass before they are open: configured, or the default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.common.errors import NotPermitted, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import ROUTES
from backend.needs.models import VerificationRoute
from backend.organizations.actors import Actor
from backend.organizations.enums import DepartmentLevel
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet
from backend.reference.regions import containing_divisions, known_regions, lies_in

_UPWARD = tuple(level.value for level in reversed(DepartmentLevel))


@dataclass(frozen=True, slots=True)
class Route:
    """The levels that recommend and verify, from below upward, and those that verify directly.

    ``region`` is the division whose setting this is, None for the default.
    """

    levels: tuple[str, ...]
    direct_levels: frozenset[str]
    region: str | None = None


# As long as a province has not said otherwise.
DEFAULT_ROUTE = Route(levels=_UPWARD, direct_levels=frozenset(_UPWARD))


def route_of(region: str | None) -> Route:
    """Return what holds in a region: its own setting, else that of the division around it."""
    if region is None:
        return DEFAULT_ROUTE
    # Codes of finer divisions are greater than those of the divisions around them.
    rows = VerificationRoute.objects.filter(region__in=containing_divisions(region))
    found = rows.order_by("-region").first()
    return DEFAULT_ROUTE if found is None else read_route(found)


def read_route(row: VerificationRoute) -> Route:
    """Return a stored setting."""
    return Route(
        levels=tuple(row.levels),
        direct_levels=frozenset(row.direct_levels),
        region=row.region_id,
    )


@transaction.atomic
def set_route(
    *,
    actor: Actor,
    region: str,
    levels: Sequence[str],
    direct_levels: Sequence[str],
    now: datetime,
) -> Route:
    """Set the levels of a region; recommendations under way keep theirs.

    A provincial department's manager does this, for the province or a part of it.
    """
    require_can_set_route(actor)
    department = actor.organization
    _check(actor, region, levels, direct_levels)
    VerificationRoute.objects.update_or_create(
        region_id=region,
        defaults={
            "levels": list(levels),
            "direct_levels": [level for level in _UPWARD if level in direct_levels],
            "set_by": actor.user,
            "set_at": now,
        },
    )
    record(
        EventType.ROUTE_CHANGED,
        subject=department,
        actor=actor,
        payload={
            "region": region,
            "levels": list(levels),
            "direct_levels": sorted(direct_levels),
        },
    )
    return route_of(region)


def require_can_set_route(actor: Actor) -> None:
    """A provincial department's manager says which levels take part."""
    is_province = actor.organization.department_level == DepartmentLevel.PROVINCE
    if not (actor.has(Permission.ROUTE_EDIT) and is_province):
        raise NotPermitted("permission_denied", "只有省级部门负责人可以设定推荐层级。")


@transaction.atomic
def remove_route(*, actor: Actor, region: str) -> Route:
    """Take the setting of a region back; return what holds there now.

    Recommendations under way keep their levels. Raises StateConflict where none was set.
    """
    require_can_set_route(actor)
    rows = VerificationRoute.objects.filter(OrganizationQuerySet.inside(actor.region))
    row = rows.select_for_update(of=("self",)).filter(region_id=region).first()
    if row is None:
        raise StateConflict(
            "no_setting", f"地区“{region[:20]}”没有单独设定推荐层级，沿用上级地区的设定。"
        )
    row.delete()
    record(
        EventType.ROUTE_CHANGED,
        subject=actor.organization,
        actor=actor,
        payload={"region": region, "removed": True},
    )
    return route_of(region)


def _check(actor: Actor, region: str, levels: Sequence[str], direct_levels: Sequence[str]) -> None:
    problems = ProblemList()
    if not (lies_in(region, actor.region) and known_regions([region])):
        problems.add(
            "region", "outside_region", f"“{region[:20]}”不是本部门辖区内的 6 位行政区划代码。"
        )
    if tuple(levels) not in ROUTES:
        problems.add(
            "levels",
            "not_a_route",
            "推荐层级应由下至上：county（县）、city（市）、province（省），可缺一级或两级，不能重复。",
        )
    problems.check_codes("direct_levels", direct_levels, dict(DepartmentLevel.choices))
    problems.refuse()


def list_routes(*, actor: Actor) -> dict[str, Any]:
    """Return what holds in the department's region, and the settings for it and inside it."""
    inside = VerificationRoute.objects.filter(OrganizationQuerySet.inside(actor.region))
    return {
        "effective": route_of(actor.region),
        "settings": [read_route(row) for row in inside.order_by("region")],
    }
