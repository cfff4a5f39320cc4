"""Lead a recommendation upward, back, or to its end."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.routes import route_of
from backend.needs.services import lock_need, verify_recommended_need
from backend.organizations.actors import Actor
from backend.organizations.enums import Agency, OrganizationKind
from backend.organizations.models import Organization
from backend.recommendations import policies, validators
from backend.recommendations.enums import ON_THE_WAY, RecommendationAct, RecommendationStatus
from backend.recommendations.lifecycle import next_level, next_status
from backend.recommendations.models import Recommendation, RecommendationStep
from backend.recommendations.services.drafting import (
    lock_recommendation,
    record_event,
    require_recommendable,
)
from backend.reference.regions import containing_divisions

_EVENT_OF = {
    RecommendationAct.SUBMITTED: EventType.RECOMMENDATION_SUBMITTED,
    RecommendationAct.PASSED: EventType.RECOMMENDATION_PASSED,
    RecommendationAct.ACCEPTED: EventType.RECOMMENDATION_ACCEPTED,
    RecommendationAct.RETURNED: EventType.RECOMMENDATION_RETURNED,
    RecommendationAct.WITHDRAWN: EventType.RECOMMENDATION_WITHDRAWN,
}


@transaction.atomic
def submit_recommendation(
    *,
    actor: Actor,
    recommendation: Recommendation,
    expected_revision: int | None,
    now: datetime,
) -> Recommendation:
    """Hand a complete recommendation to the next level of the region's route.

    A level without a department of the agency or of science is passed over. Where nobody stands
    above, another person of the same level verifies.
    """
    recommendation = lock_recommendation(recommendation)
    policies.require_is_own(actor, recommendation, "上报")
    recommendation.check_revision(expected_revision)
    recommendation.status = next_status(recommendation.status, RecommendationAct.SUBMITTED)
    need = lock_need(recommendation.need)
    policies.require_can_recommend(actor, need)
    require_recommendable(need)
    _require_alone(recommendation)
    validators.check_complete(recommendation, today=actor.today)
    recommendation.route = _find_route(recommendation)
    recommendation.awaiting_level = (
        next_level(recommendation.route, recommendation.level) or recommendation.level
    )
    recommendation.submitted_at, recommendation.submitted_by = now, actor.user
    recommendation.returned_reason = ""
    recommendation.save_revision()
    _take_step(recommendation, RecommendationAct.SUBMITTED, actor, now=now)
    return recommendation


@transaction.atomic
def verify_recommendation(
    *,
    actor: Actor,
    recommendation: Recommendation,
    expected_revision: int | None,
    now: datetime,
    note: str = "",
) -> Recommendation:
    """Verify for the awaited level; with the last one the need is open, ready to be sent."""
    recommendation = lock_recommendation(recommendation)
    _require_turn(recommendation, actor, expected_revision, RecommendationAct.PASSED)
    note = validators.check_reason("note", note, is_required=False)
    need = lock_need(recommendation.need)
    _require_unchanged(recommendation, need)
    level = recommendation.awaiting_level
    above = next_level(recommendation.route, level)
    act = RecommendationAct.PASSED if above else RecommendationAct.ACCEPTED
    recommendation.status = next_status(recommendation.status, act)
    recommendation.awaiting_level = above or ""
    if act is RecommendationAct.ACCEPTED:
        recommendation.accepted_at = now
        if need.status == NeedStatus.SUBMITTED:
            verify_recommended_need(actor=actor, need=need, now=now)
    recommendation.save_revision()
    _take_step(recommendation, act, actor, now=now, note=note)
    return recommendation


@transaction.atomic
def return_recommendation(
    *,
    actor: Actor,
    recommendation: Recommendation,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> Recommendation:
    """Send a recommendation back to the department that made it, and say what is missing."""
    recommendation = lock_recommendation(recommendation)
    _require_turn(recommendation, actor, expected_revision, RecommendationAct.RETURNED)
    reason = validators.check_reason("reason", reason, is_required=True)
    return _send_back(recommendation, actor, reason=reason, now=now)


@transaction.atomic
def withdraw_recommendation(
    *,
    actor: Actor,
    recommendation: Recommendation,
    reason: str = "",
    expected_revision: int | None,
    now: datetime,
) -> Recommendation:
    """Take a recommendation back before the last level has accepted it; a draft needs no reason."""
    recommendation = lock_recommendation(recommendation)
    policies.require_is_own(actor, recommendation, "撤回")
    recommendation.check_revision(expected_revision)
    is_draft = recommendation.status == RecommendationStatus.DRAFT
    reason = validators.check_reason("reason", reason, is_required=not is_draft)
    return _take_back(recommendation, actor, reason=reason, now=now)


@transaction.atomic
def return_with_need(*, recommendation: Recommendation, reason: str, now: datetime) -> None:
    """Send back a recommendation whose need went back to its firm; once."""
    recommendation = lock_recommendation(recommendation)
    if recommendation.status == RecommendationStatus.SUBMITTED:
        _send_back(recommendation, None, reason=reason, now=now)


@transaction.atomic
def withdraw_with_need(*, recommendation: Recommendation, reason: str, now: datetime) -> None:
    """End a recommendation whose need has ended; an accepted one stays as it was."""
    recommendation = lock_recommendation(recommendation)
    if recommendation.status not in {RecommendationStatus.ACCEPTED, RecommendationStatus.WITHDRAWN}:
        _take_back(recommendation, None, reason=reason, now=now)


def _send_back(
    recommendation: Recommendation, actor: Actor | None, *, reason: str, now: datetime
) -> Recommendation:
    recommendation.status = next_status(recommendation.status, RecommendationAct.RETURNED)
    recommendation.awaiting_level = ""
    recommendation.returned_reason = reason
    recommendation.save_revision()
    _take_step(recommendation, RecommendationAct.RETURNED, actor, now=now, note=reason)
    return recommendation


def _take_back(
    recommendation: Recommendation, actor: Actor | None, *, reason: str, now: datetime
) -> Recommendation:
    recommendation.status = next_status(recommendation.status, RecommendationAct.WITHDRAWN)
    recommendation.awaiting_level = ""
    recommendation.withdrawn_reason = reason
    recommendation.save_revision()
    _take_step(recommendation, RecommendationAct.WITHDRAWN, actor, now=now, note=reason)
    return recommendation


def _take_step(
    recommendation: Recommendation,
    act: RecommendationAct,
    actor: Actor | None,
    *,
    now: datetime,
    note: str = "",
) -> None:
    RecommendationStep.objects.create(
        recommendation=recommendation,
        act=act,
        department=actor.organization if actor else None,
        level=actor.organization.department_level if actor else "",
        note=note,
        taken_by=actor.user if actor else None,
        taken_at=now,
    )
    record_event(_EVENT_OF[act], recommendation, actor)


def _require_turn(
    recommendation: Recommendation,
    actor: Actor,
    expected_revision: int | None,
    act: RecommendationAct,
) -> None:
    """Refuse whoever may not verify at all, then an old revision and state, then a wrong turn."""
    policies.require_can_verify(actor, recommendation)
    recommendation.check_revision(expected_revision)
    next_status(recommendation.status, act)
    policies.require_in_turn(actor, recommendation)


def _require_alone(recommendation: Recommendation) -> None:
    """Refuse a second recommendation of one need by one agency; the need is locked."""
    other = (
        Recommendation.objects.filter(
            need=recommendation.need_id, agency=recommendation.agency, status__in=ON_THE_WAY
        )
        .exclude(pk=recommendation.pk)
        .select_related("department")
        .first()
    )
    if other is not None:
        raise StateConflict(
            "already_on_the_way",
            f"该需求已由{other.department.name}推荐（{other.get_status_display()}），不能重复上报。",
        )


def _require_unchanged(recommendation: Recommendation, need: Need) -> None:
    """Refuse to verify what was said of a need that went back to its firm since."""
    require_recommendable(need)
    if need.returned_at is not None and need.returned_at > recommendation.submitted_at:
        raise StateConflict(
            "need_changed",
            f"需求 {need.code} 在上报后曾退回企业修改，请退回此推荐，由推荐部门重新核对。",
        )


def _find_route(recommendation: Recommendation) -> list[str]:
    """Return the levels from the recommending one upward that have somebody to act."""
    region = recommendation.need.firm.organization.region_code
    levels = route_of(region).levels
    above = levels[levels.index(recommendation.level) + 1 :]
    agencies = Q(agency__in=[recommendation.agency, Agency.SCIENCE, ""])
    present = set(
        Organization.objects.filter(
            agencies,
            kind=OrganizationKind.DEPARTMENT,
            is_active=True,
            department_level__in=above,
            region__in=containing_divisions(region),
        ).values_list("department_level", flat=True)
    )
    return [recommendation.level, *(level for level in above if level in present)]
