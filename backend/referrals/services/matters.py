"""Matters that need others, and the second attempt that a repaired one makes possible."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.disclosure import groups_shown
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.services import refer_needs
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.referrals import policies
from backend.referrals.enums import ENDED, Step
from backend.referrals.lifecycle import require_aside
from backend.referrals.models import Matter, Referral
from backend.referrals.services.working import finish, lock_referral, write_step
from backend.referrals.validators import check_note

AGENCY_NAME_MAX_LENGTH = 100


@transaction.atomic
def raise_matter(*, actor: Actor, referral: Referral, text: str, now: datetime) -> Matter:
    """Ask for something to be coordinated; the same text that is still open is the same matter."""
    referral = lock_referral(referral)
    policies.require_can_raise_matter(actor, referral)
    text = check_note("text", text, is_required=True)
    known = referral.matters.filter(text=text, repaired_at__isnull=True).first()
    if known is not None:
        return known
    matter = Matter.objects.create(
        referral=referral,
        text=text,
        raised_by=actor.user,
        raised_for=actor.organization,
        raised_at=now,
    )
    _record(EventType.MATTER_RAISED, matter, actor)
    return matter


@transaction.atomic
def update_matter(
    *,
    actor: Actor,
    matter: Matter,
    changes: Mapping[str, Any],
    expected_revision: int | None,
) -> Matter:
    """Say which agency deals with a matter, how, and by when.

    ``agency`` is the code of a department on the platform, ``agency_name`` names one that is not.
    """
    matter = _lock(matter)
    policies.require_can_manage_matter(actor, matter)
    matter.check_revision(expected_revision)
    _require_open(matter)
    if changes.get("agency"):
        matter.agency = _agency(changes["agency"])
        matter.agency_name = ""
    elif "agency_name" in changes:
        matter.agency = None
        matter.agency_name = check_note("agency_name", changes["agency_name"])
    if "measure" in changes:
        matter.measure = check_note("measure", changes["measure"])
    due_on = changes.get("due_on", matter.due_on)
    if "due_on" in changes and due_on is not None and due_on < actor.today:
        raise InvalidInput.of("due_on", "in_past", f"办理期限 {due_on} 已过，请填写今后的日期。")
    matter.due_on = due_on
    matter.save_revision()
    _record(EventType.MATTER_CHANGED, matter, actor)
    return matter


@transaction.atomic
def repair_matter(
    *,
    actor: Actor,
    matter: Matter,
    result: str,
    reopens: bool,
    expected_revision: int | None,
    now: datetime,
) -> Matter:
    """Say that a matter is settled and how; the declined referral may be taken up again."""
    matter = _lock(matter)
    policies.require_can_manage_matter(actor, matter)
    matter.check_revision(expected_revision)
    _require_open(matter)
    matter.result = check_note("result", result, is_required=True)
    matter.repaired_at = now
    matter.save_revision()
    _record(EventType.MATTER_REPAIRED, matter, actor)
    if reopens:
        _reopen(referral=matter.referral, actor=actor, now=now)
        matter.referral.refresh_from_db()
    return matter


def _reopen(*, referral: Referral, actor: Actor, now: datetime) -> Referral:
    """Put a declined referral to work again (二次对接): its steps stay, its clocks begin anew.

    Only while the need waits for money, under a live agreement, with the firm's consent or a
    need that is open to others, and while the institution has no other referral of the need.
    """
    referral = lock_referral(referral)
    require_aside(Step.REOPENED, status=referral.status)
    if not referral.agreement.is_live(actor.today):
        raise StateConflict(
            "agreement_not_live",
            f"与{referral.institution.name}的合作协议已到期或终止，不能二次对接；请先续签协议。",
        )
    pair = (referral.need_id, referral.institution_id)
    consented = groups_shown(pairs=[pair], day=actor.today)[pair]
    if not consented and not referral.need.open_to_others:
        raise StateConflict(
            "no_consent", "企业对该机构的授权已撤回或到期，不能二次对接；请企业重新授权。"
        )
    others = Referral.objects.filter(need_id=referral.need_id, institution=referral.institution)
    if others.exclude(pk=referral.pk).exclude(status__in=sorted(ENDED)).exists():
        raise StateConflict("already_at_work", "该需求已再次推送给该机构，无需二次对接。")
    refer_needs(actor=actor, needs=[referral.need], now=now)
    referral.decline_reasons, referral.decline_note = [], ""
    referral.is_reason_withheld = False
    write_step(referral=referral, step=Step.REOPENED, actor=actor, now=now)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_REOPENED, now=now)


def _lock(matter: Matter) -> Matter:
    lock_referral(matter.referral)
    return (
        Matter.objects.select_for_update(of=("self",))
        .select_related("referral__need__firm__organization", "agency")
        .get(pk=matter.pk)
    )


def _require_open(matter: Matter) -> None:
    if matter.repaired_at is not None:
        raise StateConflict("matter_repaired", "该事项已办结，不能再修改。")


def _agency(code: str) -> Organization:
    found = Organization.objects.filter(
        code=code, kind=OrganizationKind.DEPARTMENT, is_active=True
    ).first()
    if found is None:
        raise InvalidInput.of(
            "agency",
            "unknown_code",
            f"平台上没有代码为“{code}”的部门；未入驻的单位请用 agency_name 填写名称。",
        )
    return found


def _record(event: EventType, matter: Matter, actor: Actor) -> None:
    record(
        event,
        subject=matter,
        actor=actor,
        payload={"referral": str(matter.referral.public_id)},
    )
