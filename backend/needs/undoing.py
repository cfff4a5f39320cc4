"""Take back a verification or a return that was a slip: at once, and by whoever made it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from backend.common.errors import NotPermitted, StateConflict
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.journal.services import record
from backend.needs import policies
from backend.needs.lifecycle import NeedAction, next_status
from backend.needs.models import Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission

UNDO_MINUTES = 10
_SUBJECT = "need"
_DECISIONS = (EventType.NEED_VERIFIED, EventType.NEED_RETURNED)


@transaction.atomic
def undo_decision(
    *, actor: Actor, need: Need, expected_revision: int | None, now: datetime
) -> Need:
    """Let a need wait for verification again, as if it had been neither verified nor returned.

    Only whoever decided may do so, within `UNDO_MINUTES`, and only while nothing else has
    happened to the need since: what is in its journal decides. What was verified on a
    recommendation is undone by nobody here. Whether something hangs on a return is the caller's
    knowledge. Raises StateConflict and NotPermitted.
    """
    need = lock_need(need)
    policies.require_can_verify(actor, need)
    need.check_revision(expected_revision)
    decision = last_event(need)
    _require_undoable(decision, actor, now)
    need.status = next_status(need.status, NeedAction.UNDO)
    if decision.type == EventType.NEED_VERIFIED:
        need.verified_at = need.verified_by = need.expires_on = None
    else:
        need.returned_at, need.returned_reason = None, ""
    need.save_revision()
    record(
        EventType.NEED_DECISION_UNDONE,
        subject=need,
        actor=actor,
        payload={"code": need.code, "status": need.status.value, "undone": decision.type},
    )
    return need


def last_event(need: Need) -> Event | None:
    """Return what happened to a need last."""
    about = Event.objects.filter(subject_type=_SUBJECT, subject_id=need.public_id)
    return about.order_by("-pk").first()


def _require_undoable(decision: Event | None, actor: Actor, now: datetime) -> None:
    if decision is None or decision.type not in _DECISIONS:
        raise StateConflict(
            "nothing_to_undo", "该需求在核验或退回之后已有新的变化，不能再撤销；请按现状办理。"
        )
    if decision.payload.get("by") == "recommendation":
        raise StateConflict(
            "recommended", "该需求经走访推荐、逐级核验通过，不能撤销；如有问题请联系推荐部门。"
        )
    if decision.user_id != actor.user.pk:
        raise NotPermitted("permission_denied", "只有作出核验或退回的本人可以撤销。")
    if now - decision.occurred_at >= timedelta(minutes=UNDO_MINUTES):
        raise StateConflict("too_late", f"核验或退回已超过 {UNDO_MINUTES} 分钟，不能再撤销。")


def list_undoable(*, actor: Actor, now: datetime) -> QuerySet[Need]:
    """Return the needs whose verification or return the actor can still take back."""
    if not actor.has(Permission.NEED_VERIFY):
        return Need.objects.none()
    recent = Event.objects.filter(
        type__in=_DECISIONS,
        subject_type=_SUBJECT,
        user=actor.user,
        occurred_at__gt=now - timedelta(minutes=UNDO_MINUTES),
    ).exclude(payload__has_key="by")
    later = Event.objects.filter(
        subject_type=_SUBJECT, subject_id=OuterRef("subject_id"), pk__gt=OuterRef("pk")
    )
    # Looked up apart: an officer decides little within some minutes.
    standing = list(recent.filter(~Exists(later)).values_list("subject_id", flat=True))
    return Need.objects.visible_to(actor).filter(public_id__in=standing)
