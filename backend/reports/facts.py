"""The rows behind the funnel as they were known at the end of a day; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Min, Q
from django.db.models.functions import TruncDate

from backend.common.workdays import HOURS
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.matches.enums import RunStatus
from backend.matches.models import MatchRow, MatchRun
from backend.referrals.enums import OutcomeState, Step
from backend.referrals.models import (
    ApprovedLine,
    Drawdown,
    OutcomeReview,
    ReferralStep,
)
from backend.reports.cells import OUTCOME_OF, REACHED, Cell
from backend.reports.scope import Recorded
from backend.reports.units import units_on

_TRACK_STEPS = sorted({step for _, step in REACHED} | {Step.CONFIRMED.value})


class Entry(NamedTuple):
    """One row that counts in one cell on one day; ``row`` is the key of what is counted."""

    cell: Cell
    day: date
    need: int
    referral: int | None
    row: int
    amount_yuan: int | None = None


class Sent(NamedTuple):
    """What a referral is grouped by."""

    need: int
    track: str
    institution: int
    unit: int
    product: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Every entry of a scope, whatever its day, with the firms of needs and the referrals."""

    entries: list[Entry]
    firm_of: dict[int, int]
    sent: dict[int, Sent]


class _Drawn(NamedTuple):
    referral: int
    day: date
    amount_yuan: int
    is_standing: bool


def load_facts(scope: Recorded) -> Facts:
    """Load what had been recorded by the end of the scope's day."""
    firm_of: dict[int, int] = {}
    entries = list(_of_needs(scope, firm_of))
    sent: dict[int, Sent] = {}
    entries += _of_sendings(scope, sent, firm_of)
    drawn = _load_drawn(scope)
    agreed = _load_agreed(scope)
    entries += _of_steps(scope, sent, drawn, agreed)
    entries += _of_lines(scope, sent)
    entries += _of_drawn(sent, drawn, agreed)
    return Facts(entries, firm_of, sent)


def _of_needs(scope: Recorded, firm_of: dict[int, int]) -> Iterator[Entry]:
    """Yield when needs were posted first, verified and matched first, and what they ask for.

    Days are local ones, read as such from the database: a midnight ends the scope, so a day
    tells as much as the moment, and is read in a fraction of the time.
    """
    last = scope.last_recorded
    again = _first_submissions(scope)
    matched = _first_matches(scope)
    rows = (
        scope.needs()
        .order_by()
        .annotate(posted_on=_local_day("submitted_at"), verified_on=_local_day("verified_at"))
        .values_list(
            "pk", "firm_id", "posted_on", "verified_on", "amount_min_yuan", "amount_max_yuan"
        )
    )
    for pk, firm, posted, verified, low, high in rows:
        firm_of[pk] = firm
        posted = min(posted, again.get(pk, posted))  # noqa: PLW2901 - the row forgot the first
        if posted > last:
            continue
        yield Entry(Cell.POSTED, posted, pk, None, pk)
        if verified is not None and verified <= last:
            yield Entry(Cell.VERIFIED, verified, pk, None, pk)
            amount = low if high is None else high
            if amount is not None:
                yield Entry(Cell.ASKED_AMOUNT, verified, pk, None, pk, amount)
        if pk in matched:
            yield Entry(Cell.MATCHED, matched[pk], pk, None, pk)


def _local_day(field: str) -> TruncDate:
    return TruncDate(field, tzinfo=HOURS.zone)


def _first_matches(scope: Recorded) -> dict[int, date]:
    """Return the day of the first finished run in which each need found a product."""
    runs = MatchRun.objects.filter(status=RunStatus.FINISHED, ended_at__lt=scope.cutoff)
    day_of = {pk: _day(at) for pk, at in runs.values_list("pk", "ended_at")}
    found: dict[int, date] = {}
    rows = (
        MatchRow.objects.filter(
            Q(eligible_count__gt=0) | Q(to_confirm_count__gt=0),
            run__in=day_of,
            need__in=scope.needs().values("pk"),
        )
        .order_by()
        .values_list("need_id", "run_id")
    )
    for need, run in rows:
        day = day_of[run]
        if day < found.get(need, date.max):
            found[need] = day
    return found


def _first_submissions(scope: Recorded) -> dict[int, date]:
    """Return when needs that were returned once had been submitted first: the row forgot."""
    returned = scope.needs().filter(returned_at__isnull=False)
    need_of = {public_id: pk for pk, public_id in returned.values_list("pk", "public_id")}
    first = (
        Event.objects.filter(type=EventType.NEED_SUBMITTED, subject_id__in=need_of)
        .values("subject_id")
        .annotate(at=Min("occurred_at"))
        .values_list("subject_id", "at")
    )
    return {need_of[subject]: _day(at) for subject, at in first}


def _of_sendings(
    scope: Recorded, sent: dict[int, Sent], firm_of: dict[int, int]
) -> Iterator[Entry]:
    """Yield what was sent, and keep what it is grouped by; the unit is that of the day."""
    moved = units_on(scope)
    rows = (
        scope.referrals()
        .order_by()
        .annotate(sent_on=_local_day("sent_at"))
        .values_list(
            "pk",
            "need_id",
            "need__firm_id",
            "track",
            "institution_id",
            "unit_id",
            "product_version__product_id",
            "sent_on",
        )
    )
    for pk, need, firm, track, institution, unit, product, day in rows:
        firm_of[need] = firm
        sent[pk] = Sent(need, track, institution, moved.get(pk, unit), product)
        yield Entry(Cell.REFERRED, day, need, pk, pk)


def _load_drawn(scope: Recorded) -> dict[int, _Drawn]:
    """Return the drawdowns by key; one that was voided by then stands no more."""
    rows = Drawdown.objects.filter(
        recorded_at__lt=scope.cutoff, referral__in=scope.referrals().values("pk")
    ).values_list("pk", "referral_id", "drawn_on", "amount_yuan", "voided_at")
    return {
        pk: _Drawn(referral, day, amount, voided is None or voided >= scope.cutoff)
        for pk, referral, day, amount, voided in rows
    }


def _load_agreed(scope: Recorded) -> dict[int, tuple[OutcomeState, date, int | None]]:
    """Return the last word on each drawdown that anybody has spoken about."""
    rows = (
        OutcomeReview.objects.filter(
            reviewed_at__lt=scope.cutoff,
            drawdown__referral__in=scope.referrals().values("pk"),
        )
        .order_by("pk")
        .values_list("drawdown_id", "state", "reviewed_at", "amount_yuan")
    )
    return {pk: (OutcomeState(state), _day(at), amount) for pk, state, at, amount in rows}


def _of_steps(
    scope: Recorded,
    sent: dict[int, Sent],
    drawn: dict[int, _Drawn],
    agreed: dict[int, tuple[OutcomeState, date, int | None]],
) -> Iterator[Entry]:
    """Yield the day on which each referral reached each stage first."""
    first: dict[tuple[int, Cell], date] = {}

    def reach(referral: int, cell: Cell, day: date) -> None:
        key = (referral, cell)
        if key not in first or day < first[key]:
            first[key] = day

    steps = (
        ReferralStep.objects.filter(
            recorded_at__lt=scope.cutoff,
            step__in=_TRACK_STEPS,
            referral__in=scope.referrals().values("pk"),
        )
        .order_by()
        .values_list("referral_id", "step", "happened_on")
    )
    for referral, step, day in steps:
        if step == Step.CONFIRMED:
            reach(referral, Cell.CONFIRMED, day)
        else:
            for cell in REACHED.get((sent[referral].track, step), ()):
                reach(referral, cell, day)
    for pk, (_state, day, amount) in agreed.items():
        # Whoever contests names no amount, and zero says that no money came.
        if amount and drawn[pk].is_standing:
            reach(drawn[pk].referral, Cell.CONFIRMED, day)
    _correct_disbursed(first, drawn)
    for (referral, cell), day in first.items():
        yield Entry(cell, day, sent[referral].need, referral, referral)


def _correct_disbursed(first: dict[tuple[int, Cell], date], drawn: dict[int, _Drawn]) -> None:
    """Where drawdowns were reported, let only those count that were not taken back."""
    days: dict[int, list[date]] = defaultdict(list)
    for one in drawn.values():
        found = days[one.referral]
        if one.is_standing:
            found.append(one.day)
    for referral, found in days.items():
        if found:
            first[referral, Cell.DISBURSED] = min(found)
        else:
            first.pop((referral, Cell.DISBURSED), None)


def _of_lines(scope: Recorded, sent: dict[int, Sent]) -> Iterator[Entry]:
    """Yield the lines that were in force at the end of the day."""
    rows = ApprovedLine.objects.filter(
        Q(replaced_at__isnull=True) | Q(replaced_at__gte=scope.cutoff),
        recorded_at__lt=scope.cutoff,
        referral__in=scope.referrals().values("pk"),
    ).values_list("pk", "referral_id", "approved_on", "amount_yuan")
    for pk, referral, day, amount in rows:
        yield Entry(Cell.LINE_AMOUNT, day, sent[referral].need, referral, pk, amount)


def _of_drawn(
    sent: dict[int, Sent],
    drawn: dict[int, _Drawn],
    agreed: dict[int, tuple[OutcomeState, date, int | None]],
) -> Iterator[Entry]:
    """Yield the money, and what both sides say of it: each a figure of its own."""
    for pk, one in drawn.items():
        if not one.is_standing:
            continue
        state, day, found = agreed.get(pk, (OutcomeState.REPORTED, one.day, None))
        about = (sent[one.referral].need, one.referral, pk)
        yield Entry(Cell.DISBURSED_AMOUNT, one.day, *about, one.amount_yuan)
        if state is OutcomeState.CONFIRMED:
            yield Entry(Cell.CONFIRMED_AMOUNT, day, *about, one.amount_yuan)
        counted = (found or 0) if state is OutcomeState.RECONCILED else one.amount_yuan
        yield Entry(OUTCOME_OF[state], one.day, *about, counted)


def _day(moment: datetime) -> date:
    return HOURS.local(moment).date()
