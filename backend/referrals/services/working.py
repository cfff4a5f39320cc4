"""What every use case on a referral does: lock, judge, write one step, count one revision."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from backend.common.errors import StateConflict
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor
from backend.organizations.row_security import as_platform
from backend.referrals.enums import (
    ENDED,
    OPEN_CASES,
    CaseState,
    ReferralStatus,
    Step,
)
from backend.referrals.lifecycle import status_once
from backend.referrals.models import EscalationCase, Referral, ReferralStep, Seen
from backend.referrals.reporting import list_reporting
from backend.referrals.services.due_days import refresh_due_day

# What an institution does itself: the first of them is its answer.
_ANSWERS = frozenset({Step.ANSWERED, Step.DECLINED, Step.DOCUMENTS_ASKED, Step.OFFER_NAMED})
_TAKEN_BACK = frozenset({NeedStatus.WITHDRAWN, NeedStatus.EXPIRED})


def lock_referral(referral: Referral, *, expected_revision: int | None = None) -> Referral:
    """Return the referral, locked with its need until the transaction ends.

    The need comes first, always: whoever ends or funds it holds it as well. Raises
    StaleRevision when somebody else was faster.
    """
    need = lock_need(Need(pk=referral.need_id))
    locked = Referral.objects.select_for_update(of=("self",)).with_story().get(pk=referral.pk)
    locked.need = need
    locked.check_revision(expected_revision)
    return locked


def require_need_stands(referral: Referral) -> None:
    """Refuse to go on with a need that its firm took back or that has lapsed."""
    if referral.need.status in _TAKEN_BACK:
        raise StateConflict(
            "need_taken_back",
            f"该需求{NeedStatus(referral.need.status).label}，推送随之结束，无需再办理。",
        )


def reporting_of(referral: Referral, day: date) -> frozenset[FieldGroup]:
    """Return what the institution may report on a referral on a day."""
    return list_reporting([referral], day=day)[referral.pk]


def write_step(
    *,
    referral: Referral,
    step: Step,
    actor: Actor | None,
    now: datetime,
    happened_on: date | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
    organization_id: int | None = None,
) -> ReferralStep:
    """Append one step to a locked referral and lead its status; `finish` saves it."""
    taken = ReferralStep.objects.create(
        referral=referral,
        step=step,
        happened_on=happened_on or timezone.localdate(now),
        recorded_at=now,
        user=actor.user if actor else None,
        organization_id=actor.organization.pk if actor else organization_id,
        note=note,
        data=data or {},
    )
    before = referral.status
    referral.status = status_once(step, track=referral.track, status=before)
    referral.last_step = step
    is_answer = step in _ANSWERS or referral.status not in {
        ReferralStatus.SENT,
        ReferralStatus.WITHDRAWN,
        ReferralStatus.EXPIRED,
    }
    if referral.answered_at is None and is_answer:
        referral.answered_at = now
    if step == Step.REOPENED:
        referral.answered_at, referral.ended_at = None, None
    elif referral.status in ENDED and referral.ended_at is None:
        referral.ended_at = now
    return taken


def finish(
    *,
    referral: Referral,
    actor: Actor | None,
    event: EventType,
    now: datetime,
    payload: dict[str, Any] | None = None,
) -> Referral:
    """Save a locked referral after its step, with its due day, and record one event."""
    referral._prefetched_objects_cache = {}
    refresh_due_day(referral, now)
    if referral.answered_at is not None or referral.status in ENDED:
        close_case(referral, now)
    referral.save_revision()
    if actor is not None:
        mark_seen(referral=referral, user_id=actor.user.pk)
    record(
        event,
        subject=referral,
        actor=actor,
        payload={
            "status": ReferralStatus(referral.status).value,
            "step": referral.last_step,
            "need": referral.need.code,
            "institution": referral.institution.code,
            **(payload or {}),
        },
    )
    return referral


def close_case(referral: Referral, now: datetime) -> None:
    """Close what the department was told of: the institution answered, or nothing is left."""
    answered = referral.status not in {ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED}
    for case in EscalationCase.objects.select_for_update().filter(
        referral=referral, state__in=sorted(OPEN_CASES)
    ):
        case.state = CaseState.ANSWERED if answered else CaseState.ENDED
        case.closed_at = now
        case.save_revision()


def mark_seen(*, referral: Referral, user_id: int) -> None:
    """Remember that a person has seen a referral as it is now."""
    with as_platform():
        Seen.objects.update_or_create(
            referral=referral, user_id=user_id, defaults={"revision": referral.revision}
        )
