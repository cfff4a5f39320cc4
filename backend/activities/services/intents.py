"""What an institution intends with a project, and what the firm says to it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.activities import policies
from backend.activities.enums import FirmAnswer, IntentLevel
from backend.activities.lifecycle import require_forward
from backend.activities.models import Activity, Intent, IntentStep, Project
from backend.activities.services.projects import lock_project
from backend.activities.validators import check_level, check_text
from backend.common.errors import StateConflict
from backend.consents.disclosure import may_report
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor


@transaction.atomic
def declare_intent(
    *,
    actor: Actor,
    project: Project,
    level: IntentLevel = IntentLevel.OBSERVING,
    amount_yuan: int | None = None,
    activity: Activity | None = None,
    note: str = "",
    happened_on: date | None = None,
    now: datetime,
) -> Intent:
    """Say that one's institution is interested in a project that it may see.

    Raises StateConflict when it has said so before and did not drop it.
    """
    policies.require_can_declare(actor)
    project = lock_project(project)
    day = happened_on or actor.today
    check_level(level=level, amount_yuan=amount_yuan, day=day, today=actor.today)
    note = check_text("note", note, required=False)
    if project.intents.filter(institution=actor.organization, dropped_at__isnull=True).exists():
        raise StateConflict("already_declared", "贵机构已对该项目提出意向，请在原意向上更新。")
    intent = Intent.objects.create(
        project=project,
        institution=actor.organization,
        activity=activity,
        level=level,
        amount_yuan=amount_yuan,
        declared_at=now,
    )
    _write_step(intent, actor, day=day, note=note, now=now)
    _record(EventType.INTENT_DECLARED, intent, actor)
    return intent


@transaction.atomic
def advance_intent(
    *,
    actor: Actor,
    intent: Intent,
    level: IntentLevel,
    amount_yuan: int | None = None,
    note: str = "",
    happened_on: date | None = None,
    expected_revision: int | None,
    now: datetime,
) -> Intent:
    """Carry an intent on; the same level again corrects its amount, date or note.

    An amount that is not named again stays what it was. Refused while the firm says that it
    is not interested, and for what was dropped.
    """
    intent = _lock(intent)
    policies.require_can_advance(actor, intent)
    intent.check_revision(expected_revision)
    _require_standing(intent)
    if intent.answer == FirmAnswer.NOT_INTERESTED:
        raise StateConflict(
            "firm_not_interested", "企业答复“暂不考虑”，意向暂不能推进；企业可随时更改答复。"
        )
    require_forward(IntentLevel(intent.level), level)
    amount_yuan = intent.amount_yuan if amount_yuan is None else amount_yuan
    day = happened_on or actor.today
    check_level(level=level, amount_yuan=amount_yuan, day=day, today=actor.today)
    note = check_text("note", note, required=False)
    intent.level, intent.amount_yuan = level, amount_yuan
    intent.save_revision()
    _write_step(intent, actor, day=day, note=note, now=now)
    _record(EventType.INTENT_ADVANCED, intent, actor)
    return intent


@transaction.atomic
def answer_intent(
    *,
    actor: Actor,
    intent: Intent,
    answer: FirmAnswer,
    note: str = "",
    expected_revision: int | None,
    now: datetime,
) -> Intent:
    """Say for the firm whether it wishes to talk; it may think again.

    The answer shows nothing more of the firm: that is what consents are for.
    """
    intent = _lock(intent)
    policies.require_can_keep(actor, intent.project.need.firm)
    intent.check_revision(expected_revision)
    _require_standing(intent)
    intent.answer, intent.answered_at = answer, now
    intent.answer_note = check_text("note", note, required=False)
    intent.save_revision()
    _record(EventType.INTENT_ANSWERED, intent, actor, answer=answer.value)
    return intent


@transaction.atomic
def drop_intent(
    *, actor: Actor, intent: Intent, note: str, expected_revision: int | None, now: datetime
) -> Intent:
    """Give an intent up; money that was invested is not undone by it."""
    intent = _lock(intent)
    policies.require_can_advance(actor, intent)
    intent.check_revision(expected_revision)
    _require_standing(intent)
    if intent.level == IntentLevel.INVESTED:
        raise StateConflict("already_invested", "已登记投资，不能放弃；金额有误请重新登记。")
    intent.dropped_at = now
    intent.drop_note = check_text("note", note, required=False)
    intent.save_revision()
    _record(EventType.INTENT_DROPPED, intent, actor)
    return intent


def _lock(intent: Intent) -> Intent:
    """Hold the project first, as whoever declares does."""
    lock_project(intent.project)
    return Intent.objects.select_for_update(of=("self",)).with_story().get(pk=intent.pk)


def _require_standing(intent: Intent) -> None:
    if intent.dropped_at is not None:
        raise StateConflict("intent_dropped", "该意向已放弃；可以另行提出。")


def _write_step(intent: Intent, actor: Actor, *, day: date, note: str, now: datetime) -> None:
    """Append what was said, with what the firm lets pass to the department today."""
    groups = may_report(need=intent.project.need, institution=intent.institution, day=actor.today)
    is_told = FieldGroup.PROGRESS in groups
    IntentStep.objects.create(
        intent=intent,
        level=intent.level,
        amount_yuan=intent.amount_yuan,
        happened_on=day,
        note=note,
        recorded_at=now,
        user=actor.user,
        is_told=is_told,
        is_amount_told=is_told and FieldGroup.AMOUNTS in groups,
    )


def _record(event: EventType, intent: Intent, actor: Actor, **payload: Any) -> None:
    record(
        event,
        subject=intent,
        actor=actor,
        payload={
            "project": str(intent.project.public_id),
            "need": intent.project.need.code,
            "institution": intent.institution.code,
            **payload,
        },
    )
