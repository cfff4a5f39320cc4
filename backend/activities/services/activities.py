"""Plan, announce, hold and cancel activities."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.activities import policies
from backend.activities.enums import ActivityStatus
from backend.activities.lifecycle import Action, lead
from backend.activities.limits import MOST_CO_ORGANIZERS, SUMMARY_MAX_LENGTH
from backend.activities.models import Activity
from backend.activities.validators import check_activity, check_text
from backend.common.errors import InvalidInput, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization

EDITABLE_FIELDS = frozenset(
    {
        "kind",
        "title",
        "partners",
        "place",
        "starts_on",
        "ends_on",
        "apply_until",
        "capacity",
        "description",
    }
)
_ORGANIZING = [
    OrganizationKind.DEPARTMENT,
    OrganizationKind.INCUBATOR,
    OrganizationKind.INSTITUTION,
]


def lock_activity(activity: Activity) -> Activity:
    """Return the activity, locked until the transaction ends: its places are counted under it."""
    return (
        Activity.objects.select_for_update(of=("self",)).select_related("host").get(pk=activity.pk)
    )


@transaction.atomic
def create_activity(*, actor: Actor, values: Mapping[str, Any]) -> Activity:
    """Plan an activity of one's own department or incubator; nobody else sees it yet."""
    policies.require_can_create(actor)
    activity = Activity(host=actor.organization)
    _apply(activity, values)
    activity.save()
    activity.co_organizers.set(_find_organizers(values.get("co_organizers", ())))
    _record(EventType.ACTIVITY_CREATED, activity, actor, kind=activity.kind)
    return activity


@transaction.atomic
def update_activity(
    *, actor: Actor, activity: Activity, changes: Mapping[str, Any], expected_revision: int | None
) -> Activity:
    """Change an activity that has been neither held nor cancelled.

    A capacity below the places taken is refused: nobody who was admitted loses a place by it.
    """
    activity = lock_activity(activity)
    policies.require_can_edit(actor, activity)
    activity.check_revision(expected_revision)
    if activity.status not in {ActivityStatus.DRAFT, ActivityStatus.ANNOUNCED}:
        label = activity.get_status_display()
        raise StateConflict("not_editable", f"活动现为“{label}”，不能再修改。")
    _apply(activity, changes)
    taken = activity.participations.taking_a_place().count()
    if activity.capacity is not None and activity.capacity < taken:
        raise InvalidInput.of(
            "capacity", "below_taken", f"已确认 {taken} 家，名额不能改为 {activity.capacity}。"
        )
    activity.save_revision()
    if "co_organizers" in changes:
        activity.co_organizers.set(_find_organizers(changes["co_organizers"]))
    _record(EventType.ACTIVITY_CHANGED, activity, actor, fields=sorted(changes))
    return activity


@transaction.atomic
def announce_activity(
    *, actor: Actor, activity: Activity, expected_revision: int | None, now: datetime
) -> Activity:
    """Let everybody on the platform know; applications may come in."""
    activity = _lead(actor, activity, Action.ANNOUNCE, expected_revision)
    if activity.ends_on < actor.today:
        raise StateConflict(
            "already_over", f"结束日期 {activity.ends_on} 已过；请先改日期，再发布。"
        )
    activity.announced_at = now
    activity.save_revision()
    _record(EventType.ACTIVITY_ANNOUNCED, activity, actor)
    return activity


@transaction.atomic
def hold_activity(
    *,
    actor: Actor,
    activity: Activity,
    summary: str,
    expected_revision: int | None,
    now: datetime,
) -> Activity:
    """Say that an activity took place; from its first day on."""
    activity = _lead(actor, activity, Action.HOLD, expected_revision)
    if actor.today < activity.starts_on:
        raise StateConflict("not_begun", f"活动于 {activity.starts_on} 开始，届时才能登记举办。")
    activity.summary = check_text("summary", summary, limit=SUMMARY_MAX_LENGTH, required=False)
    activity.held_at = now
    activity.save_revision()
    _record(EventType.ACTIVITY_HELD, activity, actor, kind=activity.kind)
    return activity


@transaction.atomic
def cancel_activity(
    *, actor: Actor, activity: Activity, reason: str, expected_revision: int | None, now: datetime
) -> Activity:
    """Give an activity up, with a reason that everybody who knows of it reads."""
    activity = _lead(actor, activity, Action.CANCEL, expected_revision)
    activity.cancel_reason = check_text("reason", reason, required=True)
    activity.cancelled_at = now
    activity.save_revision()
    _record(EventType.ACTIVITY_CANCELLED, activity, actor)
    return activity


def _lead(
    actor: Actor, activity: Activity, action: Action, expected_revision: int | None
) -> Activity:
    activity = lock_activity(activity)
    policies.require_can_edit(actor, activity)
    activity.check_revision(expected_revision)
    activity.status = lead(ActivityStatus(activity.status), action)
    return activity


def _apply(activity: Activity, values: Mapping[str, Any]) -> None:
    for name in values.keys() & EDITABLE_FIELDS:
        setattr(activity, name, values[name])
    if "region" in values:
        activity.region_id = values["region"]
    if activity.starts_on is not None and activity.ends_on is None:
        activity.ends_on = activity.starts_on
    check_activity(activity)


def _find_organizers(codes: Sequence[str]) -> list[Organization]:
    """Return active organizations by their codes; refuse the unknown ones by name."""
    if len(codes) > MOST_CO_ORGANIZERS:
        raise InvalidInput.of(
            "co_organizers", "too_many", f"协办单位最多 {MOST_CO_ORGANIZERS} 家。"
        )
    found = Organization.objects.filter(code__in=codes, kind__in=_ORGANIZING, is_active=True)
    unknown = set(codes) - {row.code for row in found}
    if unknown:
        raise InvalidInput.of(
            "co_organizers",
            "unknown_organization",
            f"没有代码为“{'、'.join(sorted(unknown))[:200]}”的部门、孵化载体或机构；"
            "未入驻平台的请写入“其他协办单位”。",
        )
    return list(found)


def _record(event: EventType, activity: Activity, actor: Actor, **payload: Any) -> None:
    record(event, subject=activity, actor=actor, payload=payload)
