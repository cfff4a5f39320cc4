"""A clock in Chinese working days that pauses and resumes; a pure value without a database.

How it counts, and why:

- The day on which the clock starts is day zero; counting begins with the next working day. What
  arrives after the close of business or on a rest day has the next working day as its day zero.
- The time allowed ends at midnight (Asia/Shanghai) after the last working day: an answer at
  23:59 of that day is in time, however early business closes.
- A pause begins on its own day, whatever the hour, and resuming is like starting: its day is the
  day zero of what remains. The time allowed grows by the working days in between, so an hour's
  pause costs nobody anything, and a doubt is settled for whoever has to answer.
- A pause that begins after the time has run out changes nothing.
- What happens after the moment that is asked about is not looked at.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from backend.common.workdays import (
    HOURS,
    BusinessHours,
    add_workdays,
    counting_day,
    first_workday,
    workdays_between,
)

Pause = tuple[datetime, datetime | None]


class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    STOPPED_IN_TIME = "stopped_in_time"
    STOPPED_LATE = "stopped_late"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock shows at one moment.

    ``due_on`` is the last day in time and ``due_at`` the midnight that ends it; while the clock
    is paused they are what they would be if it resumed now. ``remaining`` is the working days
    left after today, 0 on the last day, negative when overdue. ``is_certain`` is False when a
    day was counted whose year's holidays are not announced.
    """

    state: ClockState
    due_on: date
    due_at: datetime
    elapsed: int
    remaining: int
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit: when it started, working days allowed, pauses in order, when it stopped.

    Raises ValueError for moments without a time zone, a negative allowance, and pauses that
    end before they begin, overlap, or stay open although another follows.
    """

    started_at: datetime
    workdays_allowed: int
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None
    hours: BusinessHours = HOURS

    def __post_init__(self) -> None:
        """Refuse what cannot be counted."""
        if self.workdays_allowed < 0:
            raise ValueError(f"{self.workdays_allowed} working days are allowed; give 0 or more.")
        moments = [self.started_at]
        for begins, ends in self.pauses:
            moments += [begins] if ends is None else [begins, ends]
        for moment in [*moments, *([] if self.stopped_at is None else [self.stopped_at])]:
            self.hours.local(moment)
        # A pause may begin before the start: it counts from the start on.
        if moments[1:] != sorted(moments[1:]):
            raise ValueError("Pauses must stand in order, and none may end before it begins.")
        if any(ends is None for _, ends in self.pauses[:-1]):
            raise ValueError("Only the last pause may be open.")
        if self.stopped_at is not None and self.stopped_at < self.started_at:
            raise ValueError(f"Stopped at {self.stopped_at}, before the start {self.started_at}.")

    def read(self, as_of: datetime) -> ClockReading:
        """Return what the clock shows at a moment; later events are not looked at."""
        has_stopped = self.stopped_at is not None and self.stopped_at <= as_of
        end = self.stopped_at if has_stopped else as_of
        today = self.hours.local(end).date()
        zero = counting_day(self.started_at, self.hours)
        due = add_workdays(zero.day, self.workdays_allowed)
        certain = zero.is_certain and due.is_certain
        paused_days, is_paused, counted_to = 0, False, zero.day
        for begins, ends in self.pauses:
            if begins > end or begins >= self.hours.end_of(due.day):
                break
            is_paused = ends is None or ends > end
            resumes = counting_day(end if is_paused else ends, self.hours)
            # No day is given twice: neither before day zero nor by two pauses that touch.
            from_day = max(first_workday(self.hours.local(begins).date()).day, counted_to)
            counted_to = until = max(resumes.day, from_day)
            pause = workdays_between(from_day, until)
            due = add_workdays(due.day, pause.days)
            certain = certain and resumes.is_certain and pause.is_certain and due.is_certain
            paused_days += max(0, workdays_between(from_day, min(until, today)).days)
        used = workdays_between(zero.day, max(today, zero.day))
        elapsed = used.days - paused_days
        due_at = self.hours.end_of(due.day)
        return ClockReading(
            state=_state(end, due_at, has_stopped=has_stopped, is_paused=is_paused),
            due_on=due.day,
            due_at=due_at,
            elapsed=elapsed,
            remaining=self.workdays_allowed - elapsed,
            is_certain=certain and used.is_certain,
        )


def _state(end: datetime, due_at: datetime, *, has_stopped: bool, is_paused: bool) -> ClockState:
    """Name the state; a paused clock cannot run out."""
    if has_stopped:
        return ClockState.STOPPED_IN_TIME if end < due_at else ClockState.STOPPED_LATE
    if is_paused:
        return ClockState.PAUSED
    return ClockState.RUNNING if end < due_at else ClockState.OVERDUE
