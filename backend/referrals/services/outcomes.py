"""Whether both sides agree on the money: confirmed, contested, unanswered, reconciled."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from backend.common.errors import InvalidInput, StateConflict
from backend.common.workdays import workdays_between
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.funding import fund_need
from backend.organizations.actors import Actor
from backend.referrals import policies
from backend.referrals.enums import ENDED, OutcomeState, ReferralStatus, Step
from backend.referrals.lifecycle import require_aside
from backend.referrals.models import Drawdown, OutcomeReview, Referral
from backend.referrals.services.money import standing_drawdowns, unfund_if_empty
from backend.referrals.services.working import finish, lock_referral, write_step
from backend.referrals.validators import check_note

# Two reminders, then the firm counts as not having answered.
REMIND_AFTER_WORKDAYS = 5
MOST_REMINDERS = 2
SWEEP_BATCH = 500
FUNDED_NOTE = "该需求已获融资，推送随之结束。"

_ANSWERED_BY_FIRM = frozenset(
    {OutcomeState.REPORTED, OutcomeState.UNANSWERED, OutcomeState.CONTESTED}
)


@transaction.atomic
def confirm_outcome(
    *,
    actor: Actor,
    referral: Referral,
    drawdown: Drawdown | None,
    expected_revision: int | None,
    now: datetime,
    evidence: str = "",
) -> Referral:
    """Confirm for the firm that money came as reported; the need is funded with the first.

    Without a drawdown the referral as a whole is confirmed: only where none was reported because
    the firm lets no amounts pass. What is confirmed already stays so.
    """
    referral = lock_referral(referral)
    policies.require_can_review(actor, referral)
    drawdown = _locked_drawdown(referral, drawdown)
    if drawdown is None and standing_drawdowns(referral):
        raise InvalidInput.of("drawdown", "required", "请指明要确认的是哪一笔放款。")
    done = drawdown.state == OutcomeState.CONFIRMED if drawdown else False
    if done or (drawdown is None and referral.status == ReferralStatus.CONFIRMED):
        return referral
    referral.check_revision(expected_revision)
    require_aside(Step.CONFIRMED, status=referral.status)
    if drawdown is not None:
        _require_state(drawdown, _ANSWERED_BY_FIRM)
        _review(
            drawdown=drawdown,
            state=OutcomeState.CONFIRMED,
            amount_yuan=drawdown.amount_yuan,
            evidence=check_note("evidence", evidence),
            actor=actor,
            now=now,
        )
    return _agree(referral=referral, drawdown=drawdown, step=Step.CONFIRMED, actor=actor, now=now)


@transaction.atomic
def contest_outcome(
    *,
    actor: Actor,
    referral: Referral,
    drawdown: Drawdown,
    note: str,
    expected_revision: int | None,
    now: datetime,
    evidence: str = "",
) -> Referral:
    """Say for the firm that a reported drawdown is not so; the department looks into it."""
    referral = lock_referral(referral, expected_revision=expected_revision)
    policies.require_can_review(actor, referral)
    drawdown = _locked_drawdown(referral, drawdown)
    require_aside(Step.CONTESTED, status=referral.status)
    _require_state(drawdown, {OutcomeState.REPORTED, OutcomeState.UNANSWERED})
    note = check_note("note", note, is_required=True)
    _review(
        drawdown=drawdown,
        state=OutcomeState.CONTESTED,
        note=note,
        evidence=check_note("evidence", evidence),
        actor=actor,
        now=now,
    )
    write_step(
        referral=referral, step=Step.CONTESTED, actor=actor, now=now, note=note,
        data=_named(drawdown),
    )  # fmt: skip
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


@transaction.atomic
def reconcile_outcome(
    *,
    actor: Actor,
    referral: Referral,
    drawdown: Drawdown,
    amount_yuan: int,
    note: str,
    expected_revision: int | None,
    now: datetime,
) -> Referral:
    """Settle for the department what the two sides see differently: the amount that came.

    Zero says that no money came; more than zero funds the need as a confirmation does. A referral
    of which no money is left stands again where it stood before the money.
    """
    referral = lock_referral(referral, expected_revision=expected_revision)
    policies.require_can_reconcile(actor, referral)
    drawdown = _locked_drawdown(referral, drawdown)
    require_aside(Step.RECONCILED, status=referral.status)
    _require_state(drawdown, {OutcomeState.CONTESTED})
    note = check_note("note", note, is_required=True)
    if not 0 <= amount_yuan <= drawdown.amount_yuan:
        raise InvalidInput.of(
            "amount_yuan",
            "out_of_range",
            f"核实金额 {amount_yuan} 应为 0 至上报的 {drawdown.amount_yuan} 元。",
        )
    _review(
        drawdown=drawdown,
        state=OutcomeState.RECONCILED,
        amount_yuan=amount_yuan,
        note=note,
        actor=actor,
        now=now,
    )
    if amount_yuan:
        return _agree(
            referral=referral, drawdown=drawdown, step=Step.RECONCILED, actor=actor, now=now
        )
    write_step(
        referral=referral, step=Step.RECONCILED, actor=actor, now=now, note=note,
        data=_named(drawdown),
    )  # fmt: skip
    unfund_if_empty(referral)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


def remind_of_outcomes(*, now: datetime) -> int:
    """Remind firms of drawdowns that they neither confirmed nor contested; return how many.

    After two reminders a drawdown counts as unanswered. Those who have answered hear nothing.
    """
    touched = 0
    settled = now - timedelta(days=REMIND_AFTER_WORKDAYS)
    waiting = Drawdown.objects.filter(state=OutcomeState.REPORTED, voided_at__isnull=True).filter(
        Q(reminded_at__lte=settled) | Q(reminded_at__isnull=True, recorded_at__lte=settled)
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:SWEEP_BATCH]):
        with transaction.atomic():
            touched += _remind(pk, now)
    return touched


def _remind(pk: int, now: datetime) -> bool:
    drawdown = (
        Drawdown.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=pk, state=OutcomeState.REPORTED, voided_at__isnull=True)
        .select_related("referral")
        .first()
    )
    if drawdown is None:
        return False
    since = timezone.localdate(drawdown.reminded_at or drawdown.recorded_at)
    if workdays_between(since, timezone.localdate(now)).days < REMIND_AFTER_WORKDAYS:
        return False
    if drawdown.reminders >= MOST_REMINDERS:
        _review(drawdown=drawdown, state=OutcomeState.UNANSWERED, actor=None, now=now)
        return True
    drawdown.reminders += 1
    drawdown.reminded_at = now
    drawdown.save_revision(update_fields=["reminders", "reminded_at"])
    record(
        EventType.DRAWDOWN_REMINDED,
        subject=drawdown,
        actor=None,
        payload={
            "referral": str(drawdown.referral.public_id),
            "reminder": drawdown.reminders,
        },
    )
    return True


def _agree(
    *, referral: Referral, drawdown: Drawdown | None, step: Step, actor: Actor, now: datetime
) -> Referral:
    """Count money as agreed: the referral is confirmed, the need funded, the others are told."""
    write_step(
        referral=referral, step=step, actor=actor, now=now,
        data=_named(drawdown) if drawdown else {},
    )  # fmt: skip
    referral.status = ReferralStatus.CONFIRMED
    referral.ended_at = referral.ended_at or now
    referral.need = fund_need(need=referral.need, actor=actor, now=now)
    _tell_others(referral, now)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


def _tell_others(referral: Referral, now: datetime) -> None:
    """End what nobody has answered yet; those at work see that the need is funded, and go on."""
    others = Referral.objects.filter(need_id=referral.need_id).exclude(pk=referral.pk)
    for pk in list(
        others.filter(status=ReferralStatus.SENT, answered_at__isnull=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        other = lock_referral(Referral(pk=pk, need_id=referral.need_id))
        write_step(referral=other, step=Step.WITHDRAWN, actor=None, now=now, note=FUNDED_NOTE)
        finish(referral=other, actor=None, event=EventType.REFERRAL_WITHDRAWN, now=now)
    others.exclude(status__in=sorted(ENDED)).update(
        revision=F("revision") + 1, next_due_on=None, updated_at=now
    )


def _review(
    *,
    drawdown: Drawdown,
    state: OutcomeState,
    actor: Actor | None,
    now: datetime,
    amount_yuan: int | None = None,
    note: str = "",
    evidence: str = "",
) -> None:
    OutcomeReview.objects.create(
        drawdown=drawdown,
        state=state,
        amount_yuan=amount_yuan,
        note=note,
        evidence=evidence,
        user=actor.user if actor else None,
        reviewed_at=now,
    )
    drawdown.state = state
    drawdown.save_revision(update_fields=["state"])
    record(
        EventType.DRAWDOWN_REVIEWED,
        subject=drawdown,
        actor=actor,
        payload={"state": state.value},
    )


def _locked_drawdown(referral: Referral, drawdown: Drawdown | None) -> Drawdown | None:
    if drawdown is None:
        return None
    return Drawdown.objects.select_for_update().get(pk=drawdown.pk, referral=referral)


def _require_state(drawdown: Drawdown, states: set[OutcomeState] | frozenset[OutcomeState]) -> None:
    if drawdown.voided_at is not None:
        raise StateConflict("drawdown_voided", "该笔放款已由机构冲销，无需核对。")
    if drawdown.state not in states:
        raise StateConflict(
            "outcome_settled",
            f"该笔放款现为“{OutcomeState(drawdown.state).label}”，不能再作此处理。",
        )


def _named(drawdown: Drawdown) -> dict[str, str]:
    return {"drawdown": str(drawdown.public_id)}
