"""The clocks of a referral, worked out from what happened to it; pure, without a database.

How they count beside what `backend.common.clocks` says:

- Reading, acknowledging, first contact and first answer count from the sending, or from the
  reopening of a referral that is taken up again.
- The decision counts from the sending. Where the product states its own time for approval, that
  time is meant from complete documents, so the clock waits for them: until the institution
  says that they are complete, or the firm has given the last one that was asked for.
- The decision rests while a document that was asked for is missing.
- A step that was skipped was taken with the next one; a decline or a return answers everything.
- The promises of a green channel count from complete documents to the approval, and from the
  approval to the money. They are measured and shown; they escalate nothing beyond a reminder.
- What a firm withdrew, or what lapsed, has no clock any more that had not stopped before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from backend.common.clocks import Clock, ClockState, Pause
from backend.referrals.enums import ClockKind, Step
from backend.referrals.tracks import TRACKS, Track

_ANSWERS_ALL = frozenset({Step.DECLINED, Step.RETURNED})
_PAUSED_BY_DOCUMENTS = frozenset({ClockKind.DECIDE, ClockKind.APPROVE_PROMISE})


@dataclass(frozen=True, slots=True)
class Taken:
    """A step and the moment that counts for it."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A document: when it was asked for, and when it was given, if it was."""

    at: datetime
    given_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts:
    """What the clocks of a referral follow from.

    ``allowed`` holds the working days of the agreement by clock; a clock that is not there does
    not exist. ``promised_days`` is the product's own time for approval, if it states one;
    ``green_approval`` and ``green_disbursement`` make it a promise. ``ended_at`` is when the
    referral ended without an answer (withdrawn, lapsed).
    """

    track: str
    started_at: datetime
    steps: tuple[Taken, ...] = ()
    documents: tuple[Asked, ...] = ()
    allowed: Mapping[ClockKind, int] = field(default_factory=dict)
    promised_days: int | None = None
    green_approval: bool = False
    green_disbursement: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralClock:
    """One clock at one moment; ``state`` None is "waits for complete documents"."""

    kind: ClockKind
    workdays_allowed: int
    state: ClockState | None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    due_on: date | None = None
    elapsed: int | None = None
    remaining: int | None = None
    is_certain: bool = True

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something."""
        return self.state in {ClockState.RUNNING, ClockState.PAUSED, ClockState.OVERDUE}

    @property
    def is_waiting(self) -> bool:
        """Tell whether it has not begun: the documents are not complete."""
        return self.state is None


def read_clocks(facts: ReferralFacts, as_of: datetime) -> tuple[ReferralClock, ...]:
    """Return the clocks of a referral at a moment; what happens later is not looked at."""
    steps = tuple(taken for taken in facts.steps if taken.at <= as_of)
    ended = facts.ended_at if facts.ended_at is not None and facts.ended_at <= as_of else None
    found = []
    for kind, allowed, started, stopped in _spans(facts, steps):
        if stopped is None and ended is not None:
            continue
        if started is None:
            if stopped is None:
                found.append(ReferralClock(kind=kind, workdays_allowed=allowed, state=None))
            continue
        pauses = _pauses(facts.documents, stopped) if kind in _PAUSED_BY_DOCUMENTS else ()
        clock = Clock(started, allowed, pauses, None if stopped is None else max(stopped, started))
        reading = clock.read(as_of)
        found.append(
            ReferralClock(
                kind=kind,
                workdays_allowed=allowed,
                state=reading.state,
                started_at=started,
                stopped_at=stopped,
                due_on=reading.due_on,
                elapsed=reading.elapsed,
                remaining=reading.remaining,
                is_certain=reading.is_certain,
            )
        )
    return tuple(found)


def next_due(clocks: tuple[ReferralClock, ...]) -> date | None:
    """Return the nearest day on which a clock that runs is due; paused ones are due on none."""
    return min(
        (
            clock.due_on
            for clock in clocks
            if clock.due_on is not None and clock.state in {ClockState.RUNNING, ClockState.OVERDUE}
        ),
        default=None,
    )


_Span = tuple[ClockKind, int, datetime | None, datetime | None]


def _spans(facts: ReferralFacts, steps: tuple[Taken, ...]) -> Iterator[_Span]:
    """Yield every clock that exists, with its allowance, its start and its stop."""
    track = TRACKS[facts.track]
    complete = _documents_complete(facts, steps)
    waits = facts.promised_days is not None and track.place(Step.DOCUMENTS_COMPLETE) >= 0
    for kind, stopper in track.clocks.items():
        if kind not in facts.allowed:
            continue
        started = complete if kind is ClockKind.DECIDE and waits else facts.started_at
        yield kind, facts.allowed[kind], started, _stop(track, steps, stopper)
    if facts.promised_days is None:
        return
    approved = _first(track, steps, track.decided)
    if facts.green_approval:
        started = complete if waits else facts.started_at
        yield (
            ClockKind.APPROVE_PROMISE,
            facts.promised_days,
            started,
            _stop(track, steps, track.decided),
        )
    if facts.green_disbursement and approved is not None:
        yield (
            ClockKind.DISBURSE_PROMISE,
            facts.promised_days,
            approved,
            _stop(track, steps, track.funded),
        )


def _first(track: Track, steps: tuple[Taken, ...], milestone: Step) -> datetime | None:
    """Return when a milestone was reached, itself or by a later step that skipped it."""
    return next((taken.at for taken in steps if track.has_reached(taken.step, milestone)), None)


def _stop(track: Track, steps: tuple[Taken, ...], stopper: Step) -> datetime | None:
    """Return what stops a clock first: its step, one behind it, or an answer to everything."""
    return next(
        (
            taken.at
            for taken in steps
            if taken.step in _ANSWERS_ALL or track.has_reached(taken.step, stopper)
        ),
        None,
    )


def _documents_complete(facts: ReferralFacts, steps: tuple[Taken, ...]) -> datetime | None:
    """Return when the documents were complete for the first time, None while they are not."""
    said = next((taken.at for taken in steps if taken.step is Step.DOCUMENTS_COMPLETE), None)
    if said is not None:
        return said
    if facts.documents and all(asked.given_at is not None for asked in facts.documents):
        return max(asked.given_at for asked in facts.documents if asked.given_at is not None)
    return None


def _pauses(documents: tuple[Asked, ...], stopped: datetime | None) -> tuple[Pause, ...]:
    """Merge the times in which some document was missing, in order, up to the stop."""
    merged: list[Pause] = []
    for asked in sorted(documents, key=lambda document: document.at):
        if stopped is not None and asked.at >= stopped:
            break
        if merged:
            begins, ends = merged[-1]
            if ends is None:
                break
            if asked.at <= ends:
                later = None if asked.given_at is None else max(ends, asked.given_at)
                merged[-1] = (begins, later)
                continue
        merged.append((asked.at, asked.given_at))
    return tuple(merged)
