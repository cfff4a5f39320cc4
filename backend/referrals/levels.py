"""Who is told at which moment that a clock runs out; pure."""

from collections.abc import Iterator

from backend.common.clocks import ClockState
from backend.referrals.clocks import ReferralClock
from backend.referrals.enums import ClockKind, Escalation

# Working days left on which the reminder goes out; a clock of a day or two reminds on its last.
REMIND_AT = 1
SHORT_CLOCK = 2
# Working days after the due day.
SECOND_CONTACT_AFTER = 1
DEPARTMENT_AFTER = 2
PROPOSE_AFTER = 3

# A promise is measured; nobody but the institution is told that it runs out.
PROMISES = frozenset({ClockKind.APPROVE_PROMISE, ClockKind.DISBURSE_PROMISE})


def levels_due(clock: ReferralClock, *, has_answered: bool) -> Iterator[Escalation]:
    """Yield what a clock calls for at the moment that it was read.

    A reminder before the breach; after it the second contact, then the department, and after
    silence, for whoever has not answered at all, the proposal to go on to the next institution.
    """
    if clock.remaining is None:
        return
    if clock.state is ClockState.RUNNING:
        if clock.remaining <= (0 if clock.workdays_allowed <= SHORT_CLOCK else REMIND_AT):
            yield Escalation.REMINDER
        return
    if clock.state is not ClockState.OVERDUE or clock.kind in PROMISES:
        return
    late = -clock.remaining
    if late >= SECOND_CONTACT_AFTER:
        yield Escalation.SECOND_CONTACT
    if late >= DEPARTMENT_AFTER:
        yield Escalation.DEPARTMENT
    if late >= PROPOSE_AFTER and not has_answered:
        yield Escalation.PROPOSED_NEXT
