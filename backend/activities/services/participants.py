"""Apply, admit, wait, leave, come: who takes part in an activity, within its places."""

from datetime import datetime
from typing import Any

from django.db import transaction

from backend.activities import policies
from backend.activities.enums import (
    PRESENTING_KINDS,
    ActivityKind,
    ActivityStatus,
    Part,
    ParticipationStatus,
    ProjectStatus,
)
from backend.activities.lifecycle import Action, lead
from backend.activities.models import Activity, Participation, Project
from backend.activities.services.activities import lock_activity
from backend.activities.validators import check_award, check_entry, check_text
from backend.common.errors import InvalidInput, StateConflict
from backend.firms.enums import FactSource
from backend.firms.models import Firm
from backend.firms.services import record_qualification
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.models import Organization

_AWARD = "contest_award"


@transaction.atomic
def enter_firm(
    *,
    actor: Actor,
    activity: Activity,
    firm: Firm,
    need: Need | None = None,
    title: str = "",
    summary: str = "",
    now: datetime,
) -> Participation:
    """Apply for a firm, with one of its needs or a summary of its project; the host decides."""
    activity = lock_activity(activity)
    policies.require_can_enter(actor, firm)
    _require_open(activity, actor, is_firm=True)
    if need is not None and need.firm_id != firm.pk:
        raise InvalidInput.of("need", "other_firm", f"需求 {need.code} 不是该企业的。")
    check_entry(kind=ActivityKind(activity.kind), need=need, title=title, summary=summary)
    entered = Participation(
        part=Part.ENTRANT,
        status=ParticipationStatus.APPLIED,
        organization=firm.organization,
        firm=firm,
        need=need,
        title=title.strip(),
        summary=summary.strip(),
    )
    return _enter(actor, activity, entered, now=now)


@transaction.atomic
def register_institution(
    *,
    actor: Actor,
    activity: Activity,
    institution: Organization,
    part: Part = Part.GUEST,
    now: datetime,
) -> Participation:
    """Let an institution come, at once and outside the places of firms.

    It registers itself or a unit below it; the host may enter any, and alone names judges.
    """
    activity = lock_activity(activity)
    _require_can_register(actor, activity, institution, part)
    _require_open(activity, actor, is_firm=False)
    entered = Participation(
        part=part, status=ParticipationStatus.ADMITTED, organization=institution
    )
    return _enter(actor, activity, entered, now=now)


@transaction.atomic
def admit(
    *,
    actor: Actor,
    participation: Participation,
    expected_revision: int | None,
) -> Participation:
    """Admit an applicant; when every place is taken, they wait instead."""
    activity, held = _lock(participation, expected_revision)
    policies.require_can_decide(actor, activity)
    _require_not_over(activity)
    was = ParticipationStatus(held.status)
    led = lead(was, Action.ADMIT)
    if not _has_room(activity):
        if was is ParticipationStatus.WAITING:
            raise StateConflict(
                "no_place", f"名额 {activity.capacity} 个已满；请先扩大名额或等候退出。"
            )
        led = lead(was, Action.WAIT)
    return _decide(held, led, actor)


@transaction.atomic
def refuse(
    *, actor: Actor, participation: Participation, note: str, expected_revision: int | None
) -> Participation:
    """Turn an applicant down, with a note that they read."""
    activity, held = _lock(participation, expected_revision)
    policies.require_can_decide(actor, activity)
    _require_not_over(activity)
    held.note = check_text("note", note, required=True)
    return _decide(held, lead(ParticipationStatus(held.status), Action.REFUSE), actor)


@transaction.atomic
def leave(
    *, actor: Actor, participation: Participation, expected_revision: int | None
) -> Participation:
    """Take somebody out before the activity was held; whoever waits longest moves up."""
    activity, held = _lock(participation, expected_revision)
    policies.require_can_leave(actor, held)
    _require_not_over(activity)
    held.status = lead(ParticipationStatus(held.status), Action.WITHDRAW)
    held.save_revision()
    _record(EventType.PARTICIPATION_WITHDRAWN, held, actor)
    _move_up(activity)
    return held


@transaction.atomic
def note_presence(
    *,
    actor: Actor,
    participation: Participation,
    came: bool,
    expected_revision: int | None,
    now: datetime,
) -> Participation:
    """Note who came; a project that was presented waits for its firm to list it."""
    activity, held = _lock(participation, expected_revision)
    policies.require_can_decide(actor, activity)
    _require_begun(activity, actor)
    action = Action.ATTEND if came else Action.MISS
    held.status = lead(ParticipationStatus(held.status), action)
    held.recorded_at = now
    held.save_revision()
    if came:
        _propose_project(held, activity)
    _record(EventType.PARTICIPATION_ATTENDED, held, actor, came=came)
    return held


@transaction.atomic
def award(
    *,
    actor: Actor,
    participation: Participation,
    level: str,
    expected_revision: int | None,
    now: datetime,
) -> Participation:
    """Record what a firm won in a contest; from the contest's last day it is a qualification.

    Raises StateConflict when the firm was not there, or has its award already.
    """
    activity, held = _lock(participation, expected_revision)
    policies.require_can_award(actor, held)
    if activity.kind != ActivityKind.CONTEST:
        raise StateConflict("not_a_contest", "只有创新创业大赛可以登记奖项。")
    if held.status != ParticipationStatus.ATTENDED:
        raise StateConflict("not_attended", "请先登记该企业到场，再登记奖项。")
    if held.award:
        raise StateConflict("already_awarded", f"已登记奖项“{held.award}”。")
    held.award, held.awarded_at = check_award(level), now
    held.save_revision()
    record_qualification(
        actor=actor,
        firm=held.firm,
        code=_AWARD,
        source=FactSource.DEPARTMENT,
        now=now,
        level=held.award,
        valid_from=activity.ends_on,
    )
    _record(EventType.PARTICIPATION_AWARDED, held, actor, level=held.award)
    return held


def _enter(
    actor: Actor, activity: Activity, entered: Participation, *, now: datetime
) -> Participation:
    standing = activity.participations.exclude(status=ParticipationStatus.WITHDRAWN)
    if standing.filter(organization=entered.organization).exists():
        raise StateConflict(
            "already_entered", f"“{entered.organization.name}”已报名，请勿重复报名。"
        )
    entered.activity = activity
    entered.applied_at, entered.applied_by = now, actor.user
    entered.applied_for = actor.organization
    entered.save()
    _record(EventType.PARTICIPATION_ENTERED, entered, actor, part=entered.part)
    return entered


def _require_can_register(
    actor: Actor, activity: Activity, institution: Organization, part: Part
) -> None:
    if part is Part.ENTRANT:
        raise InvalidInput.of("part", "unsuitable", "机构只能以参会机构或评委身份参加。")
    if policies.hosts(actor, activity):
        policies.require_can_decide(actor, activity)
        return
    if part is Part.JUDGE:
        raise InvalidInput.of("part", "host_only", "评委由主办单位聘请；机构可登记为参会机构。")
    policies.require_can_register(actor, institution)


def _require_open(activity: Activity, actor: Actor, *, is_firm: bool) -> None:
    """Refuse applications to what is not announced, is over or no longer takes firms."""
    if activity.status != ActivityStatus.ANNOUNCED:
        label = activity.get_status_display()
        raise StateConflict("not_announced", f"活动现为“{label}”，不能报名。")
    last = activity.ends_on
    if is_firm and not policies.hosts(actor, activity):
        last = activity.apply_until or activity.starts_on
    if actor.today > last:
        raise StateConflict("closed", f"报名已于 {last} 截止；如仍需参加请联系主办单位。")


def _require_not_over(activity: Activity) -> None:
    if activity.status != ActivityStatus.ANNOUNCED:
        label = activity.get_status_display()
        raise StateConflict("not_announced", f"活动现为“{label}”，参加名单不再变更。")


def _require_begun(activity: Activity, actor: Actor) -> None:
    if activity.status not in {ActivityStatus.ANNOUNCED, ActivityStatus.HELD}:
        label = activity.get_status_display()
        raise StateConflict("not_announced", f"活动现为“{label}”，不能登记到场。")
    if actor.today < activity.starts_on:
        raise StateConflict("not_begun", f"活动于 {activity.starts_on} 开始，届时才能登记到场。")


def _lock(
    participation: Participation, expected_revision: int | None
) -> tuple[Activity, Participation]:
    """Hold the activity first, always: places are counted under its lock."""
    activity = lock_activity(participation.activity)
    held = (
        Participation.objects.select_for_update(of=("self",))
        .with_parties()
        .get(pk=participation.pk)
    )
    held.activity = activity
    held.check_revision(expected_revision)
    return activity, held


def _has_room(activity: Activity) -> bool:
    if activity.capacity is None:
        return True
    return activity.participations.taking_a_place().count() < activity.capacity


def _decide(held: Participation, led: ParticipationStatus, actor: Actor) -> Participation:
    held.status = led
    held.save_revision()
    _record(EventType.PARTICIPATION_DECIDED, held, actor)
    return held


def _move_up(activity: Activity) -> None:
    """Give free places to those who wait, the earliest application first."""
    waiting = activity.participations.filter(status=ParticipationStatus.WAITING)
    for held in waiting.select_for_update().order_by("applied_at", "pk"):
        if not _has_room(activity):
            return
        held.status = lead(ParticipationStatus.WAITING, Action.ADMIT)
        held.save_revision()
        _record(EventType.PARTICIPATION_DECIDED, held, None)


def _propose_project(held: Participation, activity: Activity) -> None:
    """Prepare a presented project for the library; its firm lists it or leaves it."""
    if activity.kind not in PRESENTING_KINDS or held.need is None:
        return
    Project.objects.get_or_create(
        need=held.need,
        defaults={
            "status": ProjectStatus.DRAFT,
            "title": held.title,
            "summary": held.summary,
            "activity": activity,
        },
    )


def _record(event: EventType, held: Participation, actor: Actor | None, **payload: Any) -> None:
    record(
        event,
        subject=held,
        actor=actor,
        payload={
            "activity": str(held.activity.public_id),
            "status": str(held.status),
            **payload,
        },
    )
