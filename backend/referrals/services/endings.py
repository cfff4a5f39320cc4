"""How a referral ends without money, and what becomes of its need."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from backend.common.errors import StateConflict
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.services import lock_need, reopen_need
from backend.organizations.actors import Actor
from backend.organizations.models import Organization
from backend.referrals import policies
from backend.referrals.enums import ENDED, ReferralStatus, Step
from backend.referrals.lifecycle import ASIDE, require_aside
from backend.referrals.models import Referral
from backend.referrals.services.steps import answer_only
from backend.referrals.services.working import (
    finish,
    lock_referral,
    reporting_of,
    require_need_stands,
    write_step,
)
from backend.referrals.validators import check_note, check_reasons


@transaction.atomic
def decline_referral(
    *,
    actor: Actor,
    referral: Referral,
    reasons: Collection[str],
    expected_revision: int | None,
    now: datetime,
    note: str = "",
) -> Referral:
    """Decline for one to four coded reasons; the note holds nothing of a credit report.

    Reasons and note are kept only where the firm lets reasons be reported; without its word on
    progress "answered" is all that is kept. The same decline again changes nothing.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    kept = check_reasons(reasons)
    note = check_note("note", note)
    groups = reporting_of(referral, actor.today)
    withheld = FieldGroup.REASONS not in groups
    if referral.status == ReferralStatus.DECLINED and (
        referral.is_reason_withheld or referral.decline_reasons == kept
    ):
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    require_aside(Step.DECLINED, status=referral.status)
    if FieldGroup.PROGRESS not in groups:
        return answer_only(referral=referral, actor=actor, now=now)
    referral.is_reason_withheld = withheld
    referral.decline_reasons = [] if withheld else kept
    referral.decline_note = "" if withheld else note
    write_step(
        referral=referral,
        step=Step.DECLINED,
        actor=actor,
        now=now,
        note=referral.decline_note,
        data={} if withheld else {"reasons": kept},
    )
    finish(
        referral=referral,
        actor=actor,
        event=EventType.REFERRAL_DECLINED,
        now=now,
        payload={"reasons": referral.decline_reasons},
    )
    settle_need(need=referral.need, now=now)
    return referral


@transaction.atomic
def return_referral(
    *,
    actor: Actor,
    referral: Referral,
    note: str,
    expected_revision: int | None,
    now: datetime,
) -> Referral:
    """Give a referral back: a branch to the unit above it, the addressed one to the department.

    From the department's side the referral then has ended; going up it stays at work, with
    whoever assigned it, and its clocks run on.
    """
    referral = lock_referral(referral, expected_revision=expected_revision)
    policies.require_can_answer(actor, referral)
    require_need_stands(referral)
    note = check_note("note", note, is_required=True)
    if referral.unit_id != referral.institution_id:
        return _send_up(referral=referral, note=note, actor=actor, now=now)
    require_aside(Step.RETURNED, status=referral.status)
    write_step(referral=referral, step=Step.RETURNED, actor=actor, now=now, note=note)
    finish(referral=referral, actor=actor, event=EventType.REFERRAL_RETURNED, now=now)
    settle_need(need=referral.need, now=now)
    return referral


def _send_up(*, referral: Referral, note: str, actor: Actor, now: datetime) -> Referral:
    require_aside(Step.SENT_UP, status=referral.status)
    left = referral.unit
    if left.parent is None:
        raise StateConflict("no_upper_unit", f"{left.name}没有上级机构，不能退回。")
    referral.unit = left.parent
    referral.handler, referral.manager_name = None, ""
    write_step(
        referral=referral,
        step=Step.SENT_UP,
        actor=actor,
        now=now,
        note=note,
        data={"from": left.code, "to": referral.unit.code},
    )
    return finish(
        referral=referral,
        actor=actor,
        event=EventType.REFERRAL_RETURNED,
        now=now,
        payload={"from": left.code, "to": referral.unit.code},
    )


@transaction.atomic
def withdraw_referrals(
    *,
    need: Need,
    institution: Organization | None = None,
    reason: str,
    now: datetime,
    actor: Actor | None = None,
    step: Step = Step.WITHDRAWN,
) -> int:
    """End the referrals of a need that are at work, at one institution or at all; return how many.

    For a need that was withdrawn or has expired, a consent that was withdrawn, a list that was
    recalled. Money that reached the firm is not undone: a funded referral stays until its outcome
    is agreed. Nothing happens twice.
    """
    need = lock_need(need)
    found = Referral.objects.filter(need=need, status__in=sorted(ASIDE[step]))
    if institution is not None:
        found = found.filter(institution=institution)
    ended = 0
    for pk in list(found.order_by("pk").values_list("pk", flat=True)):
        referral = lock_referral(Referral(pk=pk, need_id=need.pk))
        if referral.status not in ASIDE[step]:
            continue
        write_step(referral=referral, step=step, actor=actor, now=now, note=reason)
        finish(referral=referral, actor=actor, event=EventType.REFERRAL_WITHDRAWN, now=now)
        ended += 1
    if ended:
        settle_need(need=need, now=now)
    return ended


def settle_need(*, need: Need, now: datetime) -> None:
    """Open a locked need again once every referral of it has ended without money."""
    need.refresh_from_db()
    if need.status != NeedStatus.IN_REFERRAL:
        return
    referrals = Referral.objects.filter(need=need)
    left = referrals.exclude(status__in=sorted(ENDED - {ReferralStatus.CONFIRMED}))
    if left.exists():
        return
    reopen_need(need=need, actor=None, now=now)
