"""Write down a visit and what was checked."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor
from backend.recommendations import policies, validators
from backend.recommendations.enums import LIVE
from backend.recommendations.lifecycle import require_editable
from backend.recommendations.models import Recommendation, StandardCheck, Visitor

OWN_FIELDS = frozenset({"visited_on", "opinion"})
RECOMMENDABLE = frozenset({NeedStatus.SUBMITTED, NeedStatus.OPEN, NeedStatus.IN_REFERRAL})


def lock_recommendation(recommendation: Recommendation) -> Recommendation:
    """Return the recommendation, locked until the transaction ends, with its need and firm."""
    return (
        Recommendation.objects.select_for_update(of=("self",))
        .for_display()
        .get(pk=recommendation.pk)
    )


def require_recommendable(need: Need) -> None:
    """Refuse a need that the firm has not submitted, or that has ended."""
    if need.status not in RECOMMENDABLE:
        raise StateConflict(
            "need_not_recommendable",
            f"需求 {need.code} 现为“{NeedStatus(need.status).label}”，"
            "只有待核验、已核验和对接中的需求可以推荐。",
        )


@transaction.atomic
def create_recommendation(*, actor: Actor, need: Need, values: Mapping[str, Any]) -> Recommendation:
    """Draft a recommendation of a submitted or verified need; it may still lack something.

    ``values`` may hold ``visited_on``, ``opinion``, ``visitors`` (name and post each) and
    ``standards`` (standard, is_met and basis each).
    """
    need = lock_need(need)
    policies.require_can_recommend(actor, need)
    require_recommendable(need)
    department = actor.organization
    if need.recommendations.filter(department=department, status__in=LIVE).exists():
        raise StateConflict(
            "already_recommended", f"本部门已有需求 {need.code} 的推荐，请在原推荐上修改。"
        )
    validators.check_draft(values, today=actor.today)
    recommendation = Recommendation.objects.create(
        need=need,
        department=department,
        level=department.department_level,
        agency=department.agency_code,
        created_by=actor.user,
        **_own(values),
    )
    _write_visit(recommendation, values)
    record_event(EventType.RECOMMENDATION_CREATED, recommendation, actor)
    return recommendation


@transaction.atomic
def update_recommendation(
    *,
    actor: Actor,
    recommendation: Recommendation,
    changes: Mapping[str, Any],
    expected_revision: int | None,
) -> Recommendation:
    """Change a draft or a returned recommendation; lists that are given replace the old ones."""
    recommendation = lock_recommendation(recommendation)
    policies.require_is_own(actor, recommendation, "修改")
    recommendation.check_revision(expected_revision)
    require_editable(recommendation.status)
    validators.check_draft(changes, today=actor.today)
    for name, value in _own(changes).items():
        setattr(recommendation, name, value)
    _write_visit(recommendation, changes)
    recommendation.save_revision()
    record_event(EventType.RECOMMENDATION_CHANGED, recommendation, actor, fields=sorted(changes))
    return recommendation


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in OWN_FIELDS & values.keys()}


def _write_visit(recommendation: Recommendation, values: Mapping[str, Any]) -> None:
    if "visitors" in values:
        recommendation.visitors.all().delete()
        Visitor.objects.bulk_create(
            Visitor(
                recommendation=recommendation,
                position=position,
                name=visitor["name"].strip(),
                post=visitor["post"].strip(),
            )
            for position, visitor in enumerate(values["visitors"], start=1)
        )
    if "standards" in values:
        recommendation.checks.all().delete()
        StandardCheck.objects.bulk_create(
            StandardCheck(
                recommendation=recommendation,
                standard=check["standard"],
                is_met=check["is_met"],
                basis=check["basis"].strip(),
            )
            for check in values["standards"]
        )


def record_event(
    event_type: EventType, recommendation: Recommendation, actor: Actor | None, **payload: Any
) -> None:
    """Record what happened, with what the journal has to know of the recommendation."""
    record(
        event_type,
        subject=recommendation,
        actor=actor,
        payload={
            "need": str(recommendation.need.public_id),
            "need_code": recommendation.need.code,
            "department": recommendation.department.code,
            "level": str(recommendation.level),
            "agency": str(recommendation.agency),
            "status": str(recommendation.status),
            **payload,
        },
    )
