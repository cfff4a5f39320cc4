"""What is due for one person on one day, gathered into one message; sending it comes later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from backend.accounts.models import User
from backend.common.workdays import HOURS
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Membership, Organization
from backend.organizations.querysets import OrganizationQuerySet
from backend.referrals.enums import OPEN_CASES, Escalation, OutcomeState
from backend.referrals.models import (
    ClockEvent,
    DocumentRequest,
    Drawdown,
    EscalationCase,
)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told on one day; empty for most people on most days."""

    reminders: tuple[ClockEvent, ...]
    breaches: tuple[ClockEvent, ...]
    documents: tuple[DocumentRequest, ...]
    outcomes: tuple[Drawdown, ...]
    cases: tuple[EscalationCase, ...]

    def __bool__(self) -> bool:
        return any((self.reminders, self.breaches, self.documents, self.outcomes, self.cases))


def digest_of(person: User, day: date) -> Digest:
    """Gather everything that a person is to be told on a day.

    Clocks that called for the person on that day and that nobody has answered since; for a firm's
    people its missing documents and the drawdowns it was reminded of; for a department's people
    the cases that were opened for their region.
    """
    starts, ends = HOURS.end_of(date.fromordinal(day.toordinal() - 1)), HOURS.end_of(day)
    organizations = [
        place.organization
        for place in Membership.objects.active().filter(user=person).select_related("organization")
    ]
    events = _still_open(
        ClockEvent.objects.filter(user=person, happened_at__gte=starts, happened_at__lt=ends)
        .select_related("referral__need", "referral__institution")
        .order_by("pk")
    )
    firms = [one.pk for one in organizations]
    return Digest(
        reminders=tuple(one for one in events if one.escalation == Escalation.REMINDER),
        breaches=tuple(one for one in events if one.escalation != Escalation.REMINDER),
        documents=tuple(
            DocumentRequest.objects.filter(
                referral__need__firm__organization__in=firms,
                given_at__isnull=True,
                referral__ended_at__isnull=True,
                asked_at__lt=ends,
            ).select_related("referral__need", "referral__institution")
        ),
        outcomes=tuple(
            Drawdown.objects.filter(
                referral__need__firm__organization__in=firms,
                state=OutcomeState.REPORTED,
                voided_at__isnull=True,
                reminded_at__gte=starts,
                reminded_at__lt=ends,
            ).select_related("referral__need", "referral__institution")
        ),
        cases=tuple(_cases(organizations, starts, ends)),
    )


def _still_open(events: Iterable[ClockEvent]) -> list[ClockEvent]:
    """Leave out what was answered since: nobody is reminded of what they have done."""
    return [
        event
        for event in events
        if event.referral.ended_at is None and event.referral.next_due_on is not None
    ]


def _cases(
    organizations: list[Organization], starts: datetime, ends: datetime
) -> Iterable[EscalationCase]:
    departments = [one for one in organizations if one.kind == OrganizationKind.DEPARTMENT]
    if not departments:
        return ()
    inside = OrganizationQuerySet.inside(
        departments[0].region_code, path="referral__need__firm__organization__"
    )
    return (
        EscalationCase.objects.filter(
            inside, state__in=sorted(OPEN_CASES), updated_at__gte=starts, updated_at__lt=ends
        )
        .select_related("referral__need", "referral__institution", "next_institution")
        .order_by("pk")
    )
