"""The line that was approved and the money that was drawn on it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.referrals import policies
from backend.referrals.enums import OutcomeState, ReferralStatus, Renewal, Step
from backend.referrals.lifecycle import judge, status_without_money
from backend.referrals.models import ApprovedLine, Drawdown, Referral
from backend.referrals.models.outcomes import AMOUNT_MAX_YUAN, TERM_MAX_MONTHS
from backend.referrals.reporting import reached_step, steps_of_round
from backend.referrals.services.due_days import refresh_due_day
from backend.referrals.services.steps import answer_only, last_day
from backend.referrals.services.working import (
    finish,
    lock_referral,
    reporting_of,
    require_need_stands,
    write_step,
)
from backend.referrals.tracks import TRACKS
from backend.referrals.validators import check_day, check_note
from matching.vocabulary import COLLATERAL

REFERENCE_MAX_LENGTH = 64
_VOIDABLE = frozenset({OutcomeState.REPORTED, OutcomeState.CONTESTED, OutcomeState.UNANSWERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTerms:
    """What was approved."""

    amount_yuan: int
    term_months: int | None = None
    annual_rate: Decimal | None = None
    is_green: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMoney:
    """One drawdown; ``reference`` is the institution's own number of it."""

    drawn_on: date
    amount_yuan: int
    annual_rate: Decimal | None = None
    security: tuple[str, ...] = ()
    is_first_loan: bool | None = None
    renewal: str = ""
    reference: str = ""


@transaction.atomic
def approve_referral(
    *,
    actor: Actor,
    referral: Referral,
    terms: LineTerms,
    expected_revision: int | None,
    now: datetime,
    happened_on: date | None = None,
    note: str = "",
) -> Referral:
    """Record the approval with its line; a later line takes the place of an earlier one.

    Without the firm's word that amounts may be reported the step alone is kept, without its
    word on progress "answered" alone. The line in force again changes nothing.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    day = happened_on or actor.today
    line = line_in_force(referral)
    if line is not None and line.approved_on == day and terms_of(line) == terms:
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    _check_terms(terms)
    step = TRACKS[referral.track].decided
    reached = reached_step(referral)
    judge(track=referral.track, status=referral.status, reached=reached, step=step)
    not_before = last_day(referral) if reached != TRACKS[referral.track].funded else None
    check_day("date", day, referral=referral, today=actor.today, not_before=not_before)
    note = check_note("note", note)
    groups = reporting_of(referral, actor.today)
    if FieldGroup.PROGRESS not in groups:
        return answer_only(referral=referral, actor=actor, now=now)
    has_amounts = FieldGroup.AMOUNTS in groups
    if reached == step and not has_amounts:
        return referral
    if has_amounts:
        _replace_line(referral=referral, terms=terms, day=day, actor=actor, now=now)
    write_step(referral=referral, step=step, actor=actor, now=now, happened_on=day, note=note)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


@transaction.atomic
def disburse_referral(
    *,
    actor: Actor,
    referral: Referral,
    money: DrawnMoney,
    expected_revision: int | None,
    now: datetime,
    note: str = "",
) -> Referral:
    """Record money that reached the firm.

    One drawdown above the line in force is refused. Several that together exceed it are kept and
    shown as such: a revolving line is drawn again after it was repaid. The institution's
    reference makes a repetition harmless; without one, the same amount on the same day is taken
    for a repetition. Without the firm's word on amounts the step alone is kept.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    _check_money(money)
    if _is_known(referral, money):
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    step = TRACKS[referral.track].funded
    reached = reached_step(referral)
    judge(track=referral.track, status=referral.status, reached=reached, step=step)
    line = line_in_force(referral)
    not_before = None if reached == step else last_day(referral)
    if line is not None:
        not_before = max(line.approved_on, not_before or line.approved_on)
        _check_against(line, money)
    check_day(
        "date",
        money.drawn_on,
        referral=referral,
        today=actor.today,
        not_before=None if referral.drawdowns.exists() else not_before,
    )
    note = check_note("note", note)
    groups = reporting_of(referral, actor.today)
    if FieldGroup.PROGRESS not in groups:
        return answer_only(referral=referral, actor=actor, now=now)
    has_amounts = FieldGroup.AMOUNTS in groups
    if reached == step and not has_amounts:
        return referral
    if has_amounts:
        drawdown = Drawdown.objects.create(
            referral=referral,
            recorded_at=now,
            recorded_by=actor.user,
            **{**asdict(money), "security": list(money.security)},
        )
        _report(drawdown, actor)
    write_step(
        referral=referral, step=step, actor=actor, now=now, happened_on=money.drawn_on, note=note
    )
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


@transaction.atomic
def void_drawdown(
    *,
    actor: Actor,
    referral: Referral,
    drawdown: Drawdown,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> Referral:
    """Take a drawdown back that was reported by mistake, before the firm has confirmed it.

    ``expected_revision`` is the referral's.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    referral.check_revision(expected_revision)
    drawdown = Drawdown.objects.select_for_update().get(pk=drawdown.pk, referral=referral)
    if drawdown.voided_at is not None or drawdown.state not in _VOIDABLE:
        raise StateConflict(
            "drawdown_settled", "该笔放款已冲销或已核对，不能再冲销；如有误请提请部门核实。"
        )
    drawdown.voided_reason = check_note("reason", reason, is_required=True)
    drawdown.voided_at = now
    drawdown.save_revision()
    record(
        EventType.DRAWDOWN_REVIEWED,
        subject=drawdown,
        actor=actor,
        payload={"state": "voided", "referral": str(referral.public_id)},
    )
    unfund_if_empty(referral)
    refresh_due_day(referral, now)
    return referral.save_revision(update_fields=["status", "next_due_on"])


def unfund_if_empty(referral: Referral) -> None:
    """Lead a locked referral back before the money when none of what was reported stands.

    Drawdowns that were voided or reconciled to nothing are no money; the caller saves.
    """
    standing = [
        drawdown
        for drawdown in referral.drawdowns.filter(voided_at__isnull=True)
        if drawdown.state != OutcomeState.RECONCILED
        or drawdown.reviews.filter(state=OutcomeState.RECONCILED, amount_yuan__gt=0).exists()
    ]
    if referral.status == ReferralStatus.FUNDED and not standing and referral.drawdowns.exists():
        taken = [Step(one.step) for one in steps_of_round(referral)]
        referral.status = status_without_money(track=referral.track, taken=taken)


def line_in_force(referral: Referral) -> ApprovedLine | None:
    """Return the line that no later one has replaced."""
    return next((line for line in referral.lines.all() if line.replaced_at is None), None)


def standing_drawdowns(referral: Referral) -> list[Drawdown]:
    """Return what was drawn and not taken back."""
    return [drawdown for drawdown in referral.drawdowns.all() if drawdown.voided_at is None]


def terms_of(line: ApprovedLine) -> LineTerms:
    """Return what a line allows, to compare it with another."""
    return LineTerms(
        amount_yuan=line.amount_yuan,
        term_months=line.term_months,
        annual_rate=line.annual_rate,
        is_green=line.is_green,
    )


def _replace_line(
    *, referral: Referral, terms: LineTerms, day: date, actor: Actor, now: datetime
) -> None:
    referral.lines.filter(replaced_at__isnull=True).update(replaced_at=now)
    ApprovedLine.objects.create(
        referral=referral,
        approved_on=day,
        recorded_at=now,
        recorded_by=actor.user,
        **asdict(terms),
    )


def _check_terms(terms: LineTerms) -> None:
    problems = ProblemList()
    _check_amount(problems, terms.amount_yuan)
    _check_rate(problems, terms.annual_rate)
    if terms.term_months is not None and not 1 <= terms.term_months <= TERM_MAX_MONTHS:
        problems.add(
            "term_months",
            "out_of_range",
            f"期限 {terms.term_months} 应为 1 至 {TERM_MAX_MONTHS} 个月。",
        )
    problems.refuse()


def _check_money(money: DrawnMoney) -> None:
    problems = ProblemList()
    _check_amount(problems, money.amount_yuan)
    _check_rate(problems, money.annual_rate)
    problems.check_codes("security", money.security, COLLATERAL)
    problems.check_length("reference", money.reference, REFERENCE_MAX_LENGTH)
    if money.renewal and money.renewal not in Renewal.values:
        problems.add("renewal", "unknown_code", f"应为 {'、'.join(Renewal.values)} 之一。")
    if money.is_first_loan and money.renewal == Renewal.RENEWED:
        problems.add("is_first_loan", "first_and_renewed", "首贷不可能是续贷，请核对。")
    problems.refuse()


def _check_amount(problems: ProblemList, amount_yuan: int) -> None:
    if not 1 <= amount_yuan <= AMOUNT_MAX_YUAN:
        problems.add(
            "amount_yuan", "out_of_range", f"金额 {amount_yuan} 应为 1 至 {AMOUNT_MAX_YUAN} 元。"
        )


def _check_rate(problems: ProblemList, annual_rate: Decimal | None) -> None:
    if annual_rate is not None and not 0 <= annual_rate <= 1:
        problems.add(
            "annual_rate", "out_of_range", f"利率 {annual_rate} 应为小数，例如 3.85% 填 0.0385。"
        )


def _check_against(line: ApprovedLine, money: DrawnMoney) -> None:
    if money.amount_yuan > line.amount_yuan:
        raise InvalidInput.of(
            "amount_yuan",
            "above_line",
            f"本笔放款 {money.amount_yuan} 元超过批准额度 {line.amount_yuan} 元；"
            "额度已调整的，请先登记新的批准额度。",
        )


def _is_known(referral: Referral, money: DrawnMoney) -> bool:
    """Tell whether a drawdown is there already; one reference for two amounts is refused."""
    for known in standing_drawdowns(referral):
        same = known.drawn_on == money.drawn_on and known.amount_yuan == money.amount_yuan
        if money.reference and known.reference == money.reference:
            if same and known.annual_rate == money.annual_rate:
                return True
            raise StateConflict(
                "reference_used",
                f"流水号 {money.reference} 已登记为 {known.drawn_on} 放款 {known.amount_yuan} 元，"
                "内容不同；登记有误请先冲销原记录。",
            )
        if same and not money.reference and not known.reference:
            return True
    if money.reference and referral.drawdowns.filter(reference=money.reference).exists():
        raise StateConflict(
            "reference_used", f"流水号 {money.reference} 的记录已冲销，请使用新的流水号。"
        )
    return False


def _report(drawdown: Drawdown, actor: Actor) -> None:
    """Record an event; the amount stands in its own row, which auditors do not read."""
    record(
        EventType.DRAWDOWN_REPORTED,
        subject=drawdown,
        actor=actor,
        payload={"referral": str(drawdown.referral.public_id)},
    )
