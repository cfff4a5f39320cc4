"""Draft, change, publish and withdraw announcements; note who has read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.announcements import policies
from backend.announcements.enums import AnnouncementStatus
from backend.announcements.lifecycle import Action, next_status, require_editable
from backend.announcements.models import Announcement, Reading
from backend.announcements.validators import check_announcement, check_reason
from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor

EDITABLE_FIELDS = ("title", "text", "roles", "region", "valid_from", "valid_until", "is_pinned")


def lock_announcement(announcement: Announcement) -> Announcement:
    """Return the announcement, locked until the transaction ends."""
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("department")
    return rows.get(pk=announcement.pk)


@transaction.atomic
def draft_announcement(*, actor: Actor, values: Mapping[str, Any]) -> Announcement:
    """Draft an announcement of one's own department; nobody else sees it yet.

    Without a region it is for the department's own, without a first day from today on.
    """
    policies.require_can_draft(actor)
    announcement = Announcement(department=actor.organization, drafted_by=actor.user)
    given = {"region": None, "valid_from": None} | dict(values)
    given["region"] = given["region"] or actor.region
    given["valid_from"] = given["valid_from"] or actor.today
    _apply(announcement, given)
    announcement.save()
    _record(EventType.ANNOUNCEMENT_CREATED, announcement, actor)
    return announcement


@transaction.atomic
def update_announcement(
    *,
    actor: Actor,
    announcement: Announcement,
    changes: Mapping[str, Any],
    expected_revision: int | None,
    now: datetime,
) -> Announcement:
    """Change a draft, or correct what was published; its former words stay in the journal."""
    announcement = lock_announcement(announcement)
    policies.require_can_edit(actor, announcement)
    announcement.check_revision(expected_revision)
    require_editable(announcement.status)
    before = _content(announcement)
    _apply(announcement, changes)
    after = _content(announcement)
    changed = [field for field in EDITABLE_FIELDS if before[field] != after[field]]
    if not changed:
        return announcement
    is_public = announcement.status == AnnouncementStatus.PUBLISHED
    if is_public:
        announcement.corrected_at = now
    announcement.save_revision()
    _record(
        EventType.ANNOUNCEMENT_CHANGED,
        announcement,
        actor,
        fields=changed,
        # What everybody could read already; a draft's words are nobody's affair.
        **({"before": {field: before[field] for field in changed}} if is_public else {}),
    )
    return announcement


@transaction.atomic
def publish_announcement(
    *, actor: Actor, announcement: Announcement, expected_revision: int | None, now: datetime
) -> Announcement:
    """Show a draft to everybody whom it concerns, from its first day on."""
    announcement = _lead(actor, announcement, Action.PUBLISH, expected_revision)
    end = announcement.valid_until
    if end is not None and end <= actor.today:
        raise StateConflict(
            "already_over", f"展示止日 {end}（不含当日）已过；请先修改日期，再发布。"
        )
    announcement.published_at, announcement.published_by = now, actor.user
    announcement.save_revision()
    _record(EventType.ANNOUNCEMENT_PUBLISHED, announcement, actor)
    return announcement


@transaction.atomic
def withdraw_announcement(
    *,
    actor: Actor,
    announcement: Announcement,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> Announcement:
    """Show it to nobody any more, with a reason; the department keeps it."""
    announcement = _lead(actor, announcement, Action.WITHDRAW, expected_revision)
    announcement.withdrawn_reason = check_reason(reason)
    announcement.withdrawn_at = now
    announcement.save_revision()
    _record(EventType.ANNOUNCEMENT_WITHDRAWN, announcement, actor)
    return announcement


def mark_read(*, actor: Actor, announcement: Announcement, now: datetime) -> None:
    """Note that the actor has opened a published announcement; the first time counts."""
    if announcement.status == AnnouncementStatus.PUBLISHED:
        Reading.objects.get_or_create(
            announcement=announcement, membership=actor.membership, defaults={"read_at": now}
        )


def _lead(
    actor: Actor, announcement: Announcement, action: Action, expected_revision: int | None
) -> Announcement:
    announcement = lock_announcement(announcement)
    policies.require_can_edit(actor, announcement)
    announcement.check_revision(expected_revision)
    announcement.status = next_status(announcement.status, action)
    return announcement


def _apply(announcement: Announcement, values: Mapping[str, Any]) -> None:
    for name in values.keys() & set(EDITABLE_FIELDS):
        value = values[name]
        if name == "region":
            announcement.region_id = value
        elif name == "roles":
            announcement.roles = sorted(value or ())
        else:
            setattr(announcement, name, value.strip() if isinstance(value, str) else value)
    check_announcement(announcement, department_region=announcement.department.region_code)


def _content(announcement: Announcement) -> dict[str, Any]:
    """Return what an announcement says, as the journal can hold it."""
    found = {field: getattr(announcement, field) for field in EDITABLE_FIELDS if field != "region"}
    found = {key: day.isoformat() if isinstance(day, date) else day for key, day in found.items()}
    return found | {"region": announcement.region_id}


def _record(event: EventType, announcement: Announcement, actor: Actor, **payload: Any) -> None:
    status = AnnouncementStatus(announcement.status).value
    record(event, subject=announcement, actor=actor, payload={"status": status, **payload})
