"""The sweep over the clocks: reminders, the second contact, the department, the proposal."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from backend.accounts.models import User
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.partners.models import Contact
from backend.partners.selectors import contact_on, list_live_agreements
from backend.referrals.clocks import ReferralClock
from backend.referrals.enums import ENDED, OPEN_CASES, CaseState, Escalation
from backend.referrals.levels import levels_due
from backend.referrals.models import ClockEvent, EscalationCase, Referral
from backend.referrals.reporting import clocks_of, list_reporting
from backend.referrals.services.due_days import store_due_day
from backend.referrals.services.working import lock_referral

SWEEP_BATCH = 500


def sweep_clocks(*, now: datetime) -> int:
    """Tell everybody whom a clock calls for, each once; return how many were told.

    Reading costs the same number of queries per batch; only what has something to tell is locked.
    Rows that somebody else holds are left to the next sweep.
    """
    close_stale_cases(now=now)
    told, last = 0, 0
    while True:
        batch = list(
            Referral.objects.at_work()
            .filter(need__status=NeedStatus.IN_REFERRAL, pk__gt=last)
            .with_story()
            .prefetch_related("clock_events")
            .order_by("pk")[:SWEEP_BATCH]
        )
        if not batch:
            return told
        last = batch[-1].pk
        reporting = list_reporting(batch, day=timezone.localdate(now))
        for referral in batch:
            clocks = clocks_of(referral, reporting[referral.pk], now)
            if _has_something_to_tell(referral, clocks):
                told += escalate(referral=referral, now=now)
            else:
                store_due_day(referral, clocks)


@transaction.atomic
def close_stale_cases(*, now: datetime) -> None:
    """Close cases whose referral ended by another way, such as the recall of its list."""
    for case in EscalationCase.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state__in=sorted(OPEN_CASES), referral__ended_at__isnull=False
    ):
        case.state = CaseState.ENDED
        case.closed_at = now
        case.save_revision()


@transaction.atomic
def escalate(*, referral: Referral, now: datetime) -> int:
    """Write what the clocks of one referral call for and is not written; return how many."""
    # The need first, as everywhere; whoever holds it is at work on it and the next sweep follows.
    if not Need.objects.select_for_update(skip_locked=True).filter(pk=referral.need_id).first():
        return 0
    referral = lock_referral(referral)
    if referral.status in ENDED or referral.need.status != NeedStatus.IN_REFERRAL:
        return 0
    day = timezone.localdate(now)
    groups = list_reporting([referral], day=day)[referral.pk]
    if FieldGroup.PROGRESS not in groups:
        return 0
    clocks = clocks_of(referral, groups, now)
    told = sum(_tell(referral, clock, level, now) for clock, level in _calls(referral, clocks))
    store_due_day(referral, clocks)
    return told


def _has_something_to_tell(referral: Referral, clocks: tuple[ReferralClock, ...]) -> bool:
    told = {(e.clock, e.escalation, e.due_on) for e in referral.clock_events.all()}
    return any(
        (clock.kind, level, clock.due_on) not in told for clock, level in _calls(referral, clocks)
    )


def _calls(
    referral: Referral, clocks: tuple[ReferralClock, ...]
) -> list[tuple[ReferralClock, Escalation]]:
    has_answered = referral.answered_at is not None
    return [
        (clock, level) for clock in clocks for level in levels_due(clock, has_answered=has_answered)
    ]


def _tell(referral: Referral, clock: ReferralClock, level: Escalation, now: datetime) -> bool:
    """Write one escalation once; what is written already tells nobody again."""
    day = timezone.localdate(now)
    contact, user = addressee_of(referral, level, day)
    _, is_new = ClockEvent.objects.get_or_create(
        referral=referral,
        clock=clock.kind,
        escalation=level,
        due_on=clock.due_on,
        defaults={"happened_at": now, "contact": contact, "user": user},
    )
    if not is_new:
        return False
    if level in {Escalation.DEPARTMENT, Escalation.PROPOSED_NEXT}:
        _put_on_desk(referral, clock, level, now)
    record(
        EventType.CLOCK_ESCALATED,
        subject=referral,
        actor=None,
        payload={
            "clock": clock.kind.value,
            "escalation": level.value,
            "due_on": clock.due_on.isoformat(),
            "user": user.pk if user else None,
        },
    )
    return True


def addressee_of(
    referral: Referral, level: Escalation, day: date
) -> tuple[Contact | None, User | None]:
    """Return whom a level tells: the handler or the institution's contact, the second contact,
    the department's contact; each with whoever covers for them on the day.
    """
    agreement = referral.agreement
    if level is Escalation.REMINDER and referral.handler is not None:
        return None, referral.handler
    contact = {
        Escalation.REMINDER: agreement.institution_contact,
        Escalation.SECOND_CONTACT: agreement.second_contact or agreement.institution_contact,
        Escalation.DEPARTMENT: agreement.department_contact,
        Escalation.PROPOSED_NEXT: agreement.department_contact,
    }[level]
    called = contact_on(contact, day)
    return called, called.user


def _put_on_desk(
    referral: Referral, clock: ReferralClock, level: Escalation, now: datetime
) -> None:
    """Open the case of a referral, or turn it into a proposal; one is open at a time."""
    case = (
        EscalationCase.objects.select_for_update()
        .filter(referral=referral, state__in=sorted(OPEN_CASES))
        .first()
    )
    if case is None:
        case = EscalationCase(
            referral=referral, clock=clock.kind, due_on=clock.due_on, opened_at=now, revision=0
        )
    if level is Escalation.PROPOSED_NEXT:
        case.state = CaseState.PROPOSED
        case.proposed_at = now
        case.next_institution = next_in_order(referral, timezone.localdate(now))
    case.save_revision()


def next_in_order(referral: Referral, day: date) -> Organization | None:
    """Return the next institution in the firm's order that the need has not been sent to.

    Only such as have an agreement with the department. None where the firm named no other.
    """
    preferred = [
        named.institution
        for named in referral.need.named_institutions.filter(
            attitude=Attitude.PREFERRED, institution__is_active=True
        )
        .select_related("institution")
        .order_by("position")
    ]
    tried = set(
        Referral.objects.filter(need_id=referral.need_id).values_list("institution_id", flat=True)
    )
    partners = list_live_agreements(
        department=referral.agreement.department,
        institution_ids=[institution.pk for institution in preferred],
        day=day,
    )
    return next(
        (one for one in preferred if one.pk not in tried and one.pk in partners),
        None,
    )
