"""Clocks in working days: worked examples, and what holds whatever happens."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.common.clocks import Clock, ClockState
from backend.common.workdays import add_workdays, counting_day, workdays_between

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(clock: Clock, text: str) -> tuple[str, date, int, int]:
    reading = clock.read(at(text))
    return reading.state.value, reading.due_on, reading.elapsed, reading.remaining


def test_a_clock_runs_over_the_spring_festival():
    clock = Clock(at("2026-02-13T10:00"), 3)  # Saturday the 14th is made up

    assert shown(clock, "2026-02-13T12:00") == ("running", date(2026, 2, 25), 0, 3)
    assert shown(clock, "2026-02-14T12:00") == ("running", date(2026, 2, 25), 1, 2)
    assert shown(clock, "2026-02-20T12:00") == ("running", date(2026, 2, 25), 1, 2)
    assert shown(clock, "2026-02-25T23:59") == ("running", date(2026, 2, 25), 3, 0)
    assert shown(clock, "2026-02-26T00:00") == ("overdue", date(2026, 2, 25), 4, -1)
    assert clock.read(at("2026-02-25T12:00")).is_certain


def test_an_evening_before_national_day_counts_from_after_it():
    clock = Clock(at("2026-09-30T17:30"), 2)  # day zero is 8 October; the 10th is made up

    assert shown(clock, "2026-10-05T12:00") == ("running", date(2026, 10, 10), 0, 2)
    assert shown(clock, "2026-10-10T12:00")[2:] == (2, 0)


@pytest.mark.parametrize(
    ("stopped", "state"),
    [
        ("2026-11-26T23:59:59", ClockState.STOPPED_IN_TIME),
        ("2026-11-27T00:00:00", ClockState.STOPPED_LATE),
    ],
)
def test_an_answer_the_minute_before_midnight_of_the_last_day_is_in_time(stopped, state):
    clock = Clock(at("2026-11-25T10:00"), 1, stopped_at=at(stopped))

    assert clock.read(at("2026-12-01T00:00")).state is state
    assert clock.read(at("2026-11-26T12:00")).state is ClockState.RUNNING


def test_an_unannounced_year_makes_the_due_date_uncertain():
    reading = Clock(at("2031-09-30T10:00"), 3).read(at("2031-09-30T11:00"))

    assert (reading.due_on, reading.is_certain) == (date(2031, 10, 3), False)
    assert not Clock(at("2026-12-24T10:00"), 5).read(at("2026-12-24T11:00")).is_certain


def test_a_pause_of_two_working_days_gives_two_more():
    pauses = ((at("2026-11-24T10:00"), at("2026-11-26T10:00")),)
    clock = Clock(at("2026-11-23T10:00"), 3, pauses)  # Monday, without the pause until Thursday

    assert shown(clock, "2026-11-23T12:00") == ("running", date(2026, 11, 26), 0, 3)
    assert shown(clock, "2026-11-25T12:00") == ("paused", date(2026, 11, 27), 1, 2)
    assert shown(clock, "2026-11-27T12:00") == ("running", date(2026, 11, 30), 2, 1)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-11-24T10:00", "2026-11-24T11:00"),  # an hour
        ("2026-11-28T10:00", "2026-11-29T10:00"),  # a weekend
        ("2026-11-22T10:00", "2026-11-23T09:00"),  # before the start
        ("2026-11-27T00:00", "2026-12-04T10:00"),  # after the time had run out
    ],
)
def test_a_pause_without_a_working_day_in_it_or_outside_the_time_allowed_changes_nothing(
    begins, ends
):
    plain = Clock(at("2026-11-23T10:00"), 3)
    paused = Clock(at("2026-11-23T10:00"), 3, ((at(begins), at(ends)),))

    for moment in ("2026-11-26T12:00", "2026-12-07T12:00"):
        assert paused.read(at(moment)) == plain.read(at(moment))


def test_a_pause_inside_the_national_holiday_changes_nothing_and_one_across_it_its_working_days():
    start = at("2026-09-29T10:00")
    inside = Clock(start, 5, ((at("2026-10-02T10:00"), at("2026-10-06T10:00")),))
    across = Clock(start, 5, ((at("2026-09-30T10:00"), at("2026-10-08T10:00")),))
    plain = Clock(start, 5)

    assert plain.read(start).due_on == date(2026, 10, 12)
    assert inside.read(at("2026-10-09T10:00")) == plain.read(at("2026-10-09T10:00"))
    assert shown(across, "2026-10-08T12:00") == ("running", date(2026, 10, 13), 1, 4)


def test_a_clock_paused_on_its_last_day_does_not_run_out_and_ends_when_it_resumes():
    open_pause = Clock(at("2026-11-25T10:00"), 1, ((at("2026-11-26T15:00"), None),))
    resumed = Clock(at("2026-11-25T10:00"), 1, ((at("2026-11-26T15:00"), at("2026-12-02T09:00")),))

    assert open_pause.read(at("2026-12-01T12:00")).state is ClockState.PAUSED
    assert shown(resumed, "2026-12-02T12:00") == ("running", date(2026, 12, 2), 1, 0)
    assert resumed.read(at("2026-12-03T00:00")).state is ClockState.OVERDUE


def test_an_answer_during_a_pause_is_in_time():
    pause = (at("2026-11-26T15:00"), None)
    clock = Clock(at("2026-11-25T10:00"), 1, (pause,), stopped_at=at("2026-12-03T20:00"))

    assert clock.read(at("2026-12-04T00:00")).state is ClockState.STOPPED_IN_TIME


@pytest.mark.parametrize(
    "wrong",
    [
        {"workdays_allowed": -1},
        {"started_at": datetime(2026, 11, 25)},  # noqa: DTZ001 - that is the mistake
        {"stopped_at": at("2026-11-24T10:00")},
        {"pauses": ((at("2026-11-27T10:00"), at("2026-11-26T10:00")),)},
        {"pauses": ((at("2026-11-26T10:00"), None), (at("2026-11-27T10:00"), None))},
        {
            "pauses": (
                (at("2026-11-26T10:00"), at("2026-11-28T10:00")),
                (at("2026-11-27T10:00"), None),
            )
        },
    ],
)
def test_what_cannot_be_counted_is_refused(wrong):
    with pytest.raises(ValueError, match=r"allowed|time zone|Stopped|order|open"):
        Clock(**{"started_at": at("2026-11-25T10:00"), "workdays_allowed": 1} | wrong)


moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 28)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=SHANGHAI)
)
allowances = st.integers(0, 30)


@st.composite
def histories(draw):
    """A clock with pauses after its start, the last perhaps open, and a moment to read it."""
    moment = start = draw(moments)
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        begins = moment + timedelta(hours=draw(st.integers(0, 200)))
        moment = begins + timedelta(hours=draw(st.integers(0, 400)))
        pauses.append((begins, moment))
    if pauses and draw(st.booleans()):
        pauses[-1] = (pauses[-1][0], None)
    clock = Clock(start, draw(allowances), tuple(pauses))
    return clock, start + timedelta(hours=draw(st.integers(0, 2_000)))


@given(moments, allowances)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_without_pauses_the_due_day_is_the_allowance_after_day_zero(start, allowed):
    reading = Clock(start, allowed).read(start)

    assert reading.due_on == add_workdays(counting_day(start).day, allowed).day
    assert (reading.elapsed, reading.remaining) == (0, allowed)


@given(histories())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_elapsed_and_remaining_make_the_allowance_and_agree_with_the_due_day(history):
    clock, moment = history
    reading = clock.read(moment)

    assert reading.elapsed + reading.remaining == clock.workdays_allowed
    assert reading.elapsed >= 0
    if reading.state is ClockState.RUNNING:
        zero = counting_day(clock.started_at).day
        today = max(moment.date(), zero)
        left = workdays_between(today, reading.due_on).days
        resumed = [ends for _, ends in clock.pauses if ends is not None and ends <= moment]
        # Resumed after the close of business, the clock counts from a day still to come.
        assert left == reading.remaining or any(counting_day(ends).day > today for ends in resumed)
    if reading.state is ClockState.OVERDUE:
        assert moment >= reading.due_at


@given(histories(), st.integers(0, 500))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_time_gives_nothing_back(history, hours):
    clock, moment = history
    before, after = clock.read(moment), clock.read(moment + timedelta(hours=hours))

    assert after.elapsed >= before.elapsed
    assert after.due_at >= before.due_at


@given(histories())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_pause_never_shortens_the_time_allowed(history):
    clock, moment = history

    assert (
        clock.read(moment).due_at
        >= Clock(clock.started_at, clock.workdays_allowed).read(moment).due_at
    )


@given(histories())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_what_happens_later_does_not_change_what_was_shown(history):
    clock, moment = history
    known = []
    for begins, ends in clock.pauses:
        if begins <= moment:
            known.append((begins, ends if ends is not None and ends <= moment else None))
    stopped_later = Clock(
        clock.started_at,
        clock.workdays_allowed,
        tuple(known),
        stopped_at=moment + timedelta(seconds=1),
    )

    assert stopped_later.read(moment) == clock.read(moment)


@given(histories())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_stopping_during_the_time_allowed_is_in_time_and_after_it_is_late(history):
    clock, moment = history
    running = clock.read(moment)
    stopped = Clock(clock.started_at, clock.workdays_allowed, clock.pauses, stopped_at=moment)
    is_late = stopped.read(moment + timedelta(days=900)).state is ClockState.STOPPED_LATE

    assert is_late == (running.state is ClockState.OVERDUE)
