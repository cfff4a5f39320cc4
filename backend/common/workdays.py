"""Chinese working days: holidays and make-up days (调休) as the State Council announces them.

The calendar of a year is known once it is announced, usually in the November before. Days of
which it is not known are counted Monday to Friday, and every result says so (``is_certain``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

UNCERTAIN_NOTE = "节假日安排未公布，按周一至周五计"

SHANGHAI = ZoneInfo("Asia/Shanghai")

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
# New Year's arrangement moves days of the old year: 2006, 2007, 2011, 2018, 2022 and 2023 had
# holidays or make-up days from 29 December on, which only the next year's announcement settles.
_YEAR_END = (12, 26)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a day's business ends: what arrives later counts from the next working day."""

    zone: ZoneInfo = SHANGHAI
    closes_at: time = time(17, 0)

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the local clock; a moment without its offset is refused."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone; pass an aware datetime.")
        return moment.astimezone(self.zone)

    def end_of(self, day: date) -> datetime:
        """Return the midnight that ends a day; a deadline on the day is kept before it."""
        return datetime.combine(day + _ONE_DAY, time(0), tzinfo=self.zone)


HOURS = BusinessHours()


@dataclass(frozen=True, slots=True)
class DayStatus:
    """Whether a day is worked; true in a condition when it is."""

    is_workday: bool
    is_certain: bool

    def __bool__(self) -> bool:
        return self.is_workday


@dataclass(frozen=True, slots=True)
class WorkdayDate:
    """A day found by counting working days."""

    day: date
    is_certain: bool


@dataclass(frozen=True, slots=True)
class WorkdayCount:
    """A number of working days."""

    days: int
    is_certain: bool


@lru_cache(maxsize=4096)
def is_workday(day: date) -> DayStatus:
    """Tell whether a day is worked in China, and whether the year's calendar is known."""
    if isinstance(day, datetime):
        raise TypeError(f"{day} is a moment; the day that it lies on depends on the time zone.")
    try:
        worked = chinese_calendar.is_workday(day)
    except NotImplementedError:  # the year is not announced, or too long ago
        return DayStatus(day.weekday() < _SATURDAY, is_certain=False)
    return DayStatus(worked, is_certain=not _awaits_next_year(day))


def _awaits_next_year(day: date) -> bool:
    """Tell whether the next year's announcement may still change this day."""
    return (day.month, day.day) >= _YEAR_END and not _is_announced(day.year + 1)


@lru_cache(maxsize=64)
def _is_announced(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def first_workday(day: date) -> WorkdayDate:
    """Return the day itself when it is worked, else the next one that is."""
    return add_workdays(day, 0)


@lru_cache(maxsize=16_384)
def add_workdays(day: date, n: int) -> WorkdayDate:
    """Return the n-th working day after a day; 0 gives the day itself, or the next if it rests.

    A negative ``n`` counts back: -1 is the last working day before the day.
    """
    step = -_ONE_DAY if n < 0 else _ONE_DAY
    status = is_workday(day)
    certain = status.is_certain
    missing = abs(n)
    if n == 0 and not status:
        missing = 1
    while missing:
        day += step
        status = is_workday(day)
        certain &= status.is_certain
        missing -= status.is_workday
    return WorkdayDate(day, certain)


@lru_cache(maxsize=16_384)  # reports count the same few days for thousands of referrals
def workdays_between(start: date, end: date) -> WorkdayCount:
    """Count the working days after ``start``, up to and with ``end``; negative backwards.

    ``workdays_between(day, add_workdays(day, n).day)`` is n wherever n is at least 1.
    """
    if end < start:
        back = workdays_between(end, start)
        return WorkdayCount(-back.days, back.is_certain)
    statuses = [is_workday(day) for day in _days_after(start, end)]
    return WorkdayCount(
        sum(status.is_workday for status in statuses),
        all(status.is_certain for status in statuses),
    )


def _days_after(start: date, end: date) -> Iterator[date]:
    for offset in range(1, (end - start).days + 1):
        yield start + timedelta(days=offset)


def counting_day(moment: datetime, hours: BusinessHours = HOURS) -> WorkdayDate:
    """Return the working day that something belongs to: day zero of what is counted from it.

    It is the local day, unless that rests or business has closed; then the next working day.
    """
    local = hours.local(moment)
    if local.time() >= hours.closes_at:
        return add_workdays(local.date() + _ONE_DAY, 0)
    return first_workday(local.date())


def due_day(moment: datetime, n: int, hours: BusinessHours = HOURS) -> WorkdayDate:
    """Return the last day for something that n working days are allowed for from a moment."""
    zero = counting_day(moment, hours)
    due = add_workdays(zero.day, n)
    return WorkdayDate(due.day, zero.is_certain and due.is_certain)
