"""Chinese working days: worked examples from the announced calendars, and what holds always."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar.constants as announced
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.common.workdays import (
    BusinessHours,
    add_workdays,
    counting_day,
    due_day,
    first_workday,
    is_workday,
    workdays_between,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
days = st.dates(date(2004, 1, 1), date(2032, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 2, 13), True),  # the Friday before the Spring Festival
        (date(2026, 2, 14), True),  # a Saturday made up
        (date(2026, 2, 15), False),
        (date(2026, 2, 20), False),  # a Friday inside the holiday
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # a Saturday made up
        (date(2026, 9, 20), True),  # a Sunday made up for National Day
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # a Saturday made up
        (date(2026, 10, 11), False),
    ],
)
def test_holidays_rest_and_make_up_days_are_worked(day, is_worked):
    assert bool(is_workday(day)) is is_worked
    assert is_workday(day).is_certain


def test_an_unannounced_year_is_counted_monday_to_friday_and_says_so():
    national_day = is_workday(date(2031, 10, 1))

    assert (national_day.is_workday, national_day.is_certain) == (True, False)
    assert not is_workday(date(2031, 10, 4))
    assert add_workdays(date(2031, 9, 30), 3).day == date(2031, 10, 3)
    assert not add_workdays(date(2031, 9, 30), 3).is_certain
    assert not workdays_between(date(2031, 9, 30), date(2031, 10, 3)).is_certain


def test_the_last_days_of_the_last_announced_year_wait_for_the_next_announcement():
    last = max(announced.holidays).year

    assert is_workday(date(last, 12, 25)).is_certain
    assert not is_workday(date(last, 12, 29)).is_certain
    assert is_workday(date(last - 1, 12, 29)).is_certain


def test_no_announcement_so_far_reached_further_back_into_december():
    moved = [day for day in {*announced.holidays, *announced.workdays} if day.month == 12]

    assert moved
    assert min((day.month, day.day) for day in moved) > (12, 26)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 24), -2, date(2026, 2, 13)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 10, 3), 0, date(2026, 10, 8)),
        (date(2026, 10, 8), 0, date(2026, 10, 8)),
    ],
)
def test_counting_forth_and_back_across_holidays(start, n, expected):
    assert add_workdays(start, n).day == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-27T16:59", date(2026, 11, 27)),
        ("2026-11-27T17:00", date(2026, 11, 30)),  # Friday after the close of business
        ("2026-11-28T09:00", date(2026, 11, 30)),  # Saturday
        ("2026-02-13T18:00", date(2026, 2, 14)),  # before a Saturday that is made up
        ("2026-02-14T18:00", date(2026, 2, 24)),  # the eve of the Spring Festival
    ],
)
def test_what_arrives_late_or_on_a_rest_day_counts_from_the_next_working_day(moment, expected):
    assert counting_day(at(moment)).day == expected


def test_the_day_is_that_of_shanghai_whatever_the_zone_of_the_moment():
    evening_in_utc = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)  # 00:30 of the 26th

    assert counting_day(evening_in_utc).day == date(2026, 11, 26)


def test_the_close_of_business_is_a_parameter():
    late = BusinessHours(closes_at=time(20))

    assert counting_day(at("2026-11-26T18:00"), late).day == date(2026, 11, 26)
    assert due_day(at("2026-11-26T18:00"), 1, late).day == date(2026, 11, 27)
    assert due_day(at("2026-11-26T18:00"), 1).day == date(2026, 11, 30)


def test_a_moment_without_zone_and_a_moment_given_as_a_day_are_refused():
    with pytest.raises(ValueError, match="no time zone"):
        counting_day(datetime(2026, 11, 26, 9))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(TypeError, match="time zone"):
        is_workday(at("2026-11-26T09:00"))


@given(days, st.integers(1, 60))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_counting_undoes_adding(day, n):
    reached = add_workdays(day, n)

    assert is_workday(reached.day)
    assert workdays_between(day, reached.day).days == n
    assert workdays_between(reached.day, day).days == -n


@given(days, st.integers(1, 60))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_going_back_from_a_working_day_leads_to_where_one_came_from(day, n):
    day = first_workday(day).day

    assert add_workdays(add_workdays(day, n).day, -n).day == day


@given(days, st.integers(0, 90), st.integers(0, 90))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_counts_add_up(day, a, b):
    middle, end = day + timedelta(a), day + timedelta(a + b)
    parts = workdays_between(day, middle), workdays_between(middle, end)
    whole = workdays_between(day, end)

    assert whole.days == parts[0].days + parts[1].days
    assert whole.is_certain == (parts[0].is_certain and parts[1].is_certain)
