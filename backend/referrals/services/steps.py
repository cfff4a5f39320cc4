"""The steps of a track that carry no money: acknowledged, contacted, visited, met, quoted …"""

from datetime import date, datetime

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.organizations.actors import Actor
from backend.referrals import policies
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.lifecycle import Move, judge
from backend.referrals.models import Referral, ReferralStep
from backend.referrals.reporting import reached_step, steps_of_round
from backend.referrals.services.documents import receive_missing
from backend.referrals.services.working import (
    finish,
    lock_referral,
    reporting_of,
    require_need_stands,
    write_step,
)
from backend.referrals.tracks import TRACKS
from backend.referrals.validators import check_day, check_note


@transaction.atomic
def acknowledge_referral(
    *,
    actor: Actor,
    referral: Referral,
    expected_revision: int | None,
    now: datetime,
    happened_on: date | None = None,
    note: str = "",
) -> Referral:
    """Say that a referral was received: the first step of its track."""
    return take_step(
        actor=actor,
        referral=referral,
        step=TRACKS[referral.track].steps[0],
        expected_revision=expected_revision,
        now=now,
        happened_on=happened_on,
        note=note,
    )


@transaction.atomic
def take_step(
    *,
    actor: Actor,
    referral: Referral,
    step: Step,
    expected_revision: int | None,
    now: datetime,
    happened_on: date | None = None,
    note: str = "",
) -> Referral:
    """Record a step of the track that carries no money.

    Steps go forward and may be skipped. A step that was recorded with this date changes nothing,
    also when the request names an old revision. Documents that are still missing count as given
    once the institution says that they are complete. Where the firm lets no progress be reported,
    "answered" is all that is kept.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    day = happened_on or actor.today
    track = TRACKS[referral.track]
    if step in {track.decided, track.funded}:
        raise InvalidInput.of(
            "step",
            "step_carries_money",
            f"“{step.label}”请用“批准”或“放款”办理，以便登记金额、日期和利率。",
        )
    kept = _recorded(referral, step)
    if kept is not None and kept.happened_on == day:
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    note = check_note("note", note)
    move = judge(
        track=referral.track, status=referral.status, reached=reached_step(referral), step=step
    )
    if move is Move.REPEATED and kept is not None:
        raise StateConflict(
            "step_recorded",
            f"“{step.label}”已于 {kept.happened_on} 登记，不能再登记为 {day}。",
        )
    check_day("date", day, referral=referral, today=actor.today, not_before=last_day(referral))
    if FieldGroup.PROGRESS not in reporting_of(referral, actor.today):
        return answer_only(referral=referral, actor=actor, now=now)
    if step is Step.DOCUMENTS_COMPLETE:
        receive_missing(referral=referral, actor=actor, now=now)
    write_step(referral=referral, step=step, actor=actor, now=now, happened_on=day, note=note)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


def answer_only(*, referral: Referral, actor: Actor, now: datetime) -> Referral:
    """Keep of a locked referral that the institution answered, once, and nothing else."""
    if referral.answered_at is not None or referral.status != ReferralStatus.SENT:
        return referral
    write_step(referral=referral, step=Step.ANSWERED, actor=actor, now=now)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


def last_day(referral: Referral) -> date | None:
    """Return the day of the furthest step of the track in the present round."""
    track = TRACKS[referral.track]
    days = [
        taken.happened_on
        for taken in steps_of_round(referral)
        if track.place(Step(taken.step)) >= 0
    ]
    return max(days, default=None)


def _recorded(referral: Referral, step: Step) -> ReferralStep | None:
    return next((taken for taken in steps_of_round(referral) if taken.step == step), None)
