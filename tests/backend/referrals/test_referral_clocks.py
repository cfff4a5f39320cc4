"""Worked examples of the clocks: November 2026, and the Spring Festival of 2026."""

from datetime import date, datetime

import pytest

from backend.common.clocks import ClockState
from backend.common.workdays import HOURS
from backend.referrals.clocks import Asked, ReferralFacts, Taken, next_due, read_clocks
from backend.referrals.enums import ClockKind, Step

ALLOWED = {
    ClockKind.ACKNOWLEDGE: 1,
    ClockKind.CONTACT: 3,
    ClockKind.DECIDE: 5,
    ClockKind.READ: 3,
    ClockKind.ANSWER: 5,
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOURS.zone)


# 25 November 2026 is a Wednesday.
SENT = at("2026-11-25T10:00")


def read(as_of: str, *, track="debt", **facts):
    told = ReferralFacts(track=track, started_at=SENT, allowed=ALLOWED, **facts)
    return {clock.kind: clock for clock in read_clocks(told, at(as_of))}


def test_three_clocks_of_a_loan_run_from_the_sending():
    clocks = read("2026-11-25T11:00")

    assert {kind: clock.due_on for kind, clock in clocks.items()} == {
        ClockKind.ACKNOWLEDGE: date(2026, 11, 26),
        ClockKind.CONTACT: date(2026, 11, 30),
        ClockKind.DECIDE: date(2026, 12, 2),
    }
    assert all(clock.state is ClockState.RUNNING and clock.is_certain for clock in clocks.values())


def test_what_is_sent_after_business_counts_from_the_next_working_day():
    facts = ReferralFacts(track="debt", started_at=at("2026-11-25T18:00"), allowed=ALLOWED)

    clocks = read_clocks(facts, at("2026-11-25T18:30"))

    assert clocks[0].due_on == date(2026, 11, 27)


def test_a_step_stops_its_clock_and_those_of_the_steps_that_it_skips():
    clocks = read("2026-11-27T09:00", steps=(Taken(Step.VISITED, at("2026-11-26T15:00")),))

    assert clocks[ClockKind.ACKNOWLEDGE].state is ClockState.STOPPED_IN_TIME
    assert clocks[ClockKind.CONTACT].state is ClockState.STOPPED_IN_TIME
    assert clocks[ClockKind.DECIDE].state is ClockState.RUNNING


def test_a_clock_is_overdue_on_the_day_after_its_last():
    assert read("2026-11-26T23:59")[ClockKind.ACKNOWLEDGE].state is ClockState.RUNNING
    late = read("2026-11-27T00:00")[ClockKind.ACKNOWLEDGE]
    assert (late.state, late.remaining) == (ClockState.OVERDUE, -1)


def test_a_weekend_takes_no_time():
    friday, sunday, monday = (
        read(f"2026-11-{day}T12:00")[ClockKind.CONTACT] for day in (27, 29, 30)
    )

    assert (friday.remaining, sunday.remaining, monday.remaining) == (1, 1, 0)


@pytest.mark.parametrize("step", [Step.DECLINED, Step.RETURNED])
def test_a_decline_and_a_return_answer_everything(step):
    clocks = read("2026-12-20T09:00", steps=(Taken(step, at("2026-11-26T09:00")),))

    assert {clock.state for clock in clocks.values()} == {ClockState.STOPPED_IN_TIME}


def test_what_was_withdrawn_has_only_the_clocks_that_had_stopped():
    clocks = read(
        "2026-12-20T09:00",
        steps=(Taken(Step.ACKNOWLEDGED, at("2026-11-25T12:00")),),
        ended_at=at("2026-11-26T12:00"),
    )

    assert set(clocks) == {ClockKind.ACKNOWLEDGE}


def test_the_decision_rests_while_a_document_is_missing_and_the_contact_does_not():
    asked = (Asked(at("2026-11-26T10:00"), at("2026-12-01T10:00")),)

    resting = read("2026-11-30T10:00", documents=asked)
    resumed = read("2026-12-01T11:00", documents=asked)

    assert resting[ClockKind.DECIDE].state is ClockState.PAUSED
    assert resting[ClockKind.CONTACT].state is ClockState.RUNNING
    # Three working days of pause (27 November, 30 November, 1 December) after 2 December.
    assert resumed[ClockKind.DECIDE].due_on == date(2026, 12, 7)


def test_documents_that_overlap_make_one_pause():
    apart = (
        Asked(at("2026-11-26T10:00"), at("2026-12-01T10:00")),
        Asked(at("2026-11-27T10:00"), at("2026-11-30T10:00")),
    )
    one = (apart[0],)

    assert (
        read("2026-12-01T11:00", documents=apart)[ClockKind.DECIDE]
        == read("2026-12-01T11:00", documents=one)[ClockKind.DECIDE]
    )


def test_a_product_with_its_own_time_lets_the_decision_wait_for_complete_documents():
    waiting = read("2026-12-10T09:00", promised_days=2)
    complete = read(
        "2026-12-10T09:00",
        promised_days=2,
        steps=(Taken(Step.DOCUMENTS_COMPLETE, at("2026-12-09T09:00")),),
    )

    assert waiting[ClockKind.DECIDE].is_waiting
    assert complete[ClockKind.DECIDE].due_on == date(2026, 12, 16)


def test_the_last_document_given_makes_them_complete():
    clocks = read(
        "2026-12-03T09:00",
        promised_days=2,
        documents=(
            Asked(at("2026-11-26T10:00"), at("2026-11-27T10:00")),
            Asked(at("2026-11-26T10:00"), at("2026-12-01T10:00")),
        ),
    )

    assert clocks[ClockKind.DECIDE].started_at == at("2026-12-01T10:00")


def test_a_green_channel_is_measured_against_its_promise():
    steps = (
        Taken(Step.DOCUMENTS_COMPLETE, at("2026-11-26T09:00")),
        Taken(Step.APPROVED, at("2026-12-01T09:00")),
        Taken(Step.DRAWN, at("2026-12-02T09:00")),
    )

    clocks = read(
        "2026-12-20T09:00",
        steps=steps,
        promised_days=2,
        green_approval=True,
        green_disbursement=True,
    )

    promise, money = clocks[ClockKind.APPROVE_PROMISE], clocks[ClockKind.DISBURSE_PROMISE]
    assert (promise.state, promise.elapsed) == (ClockState.STOPPED_LATE, 3)
    assert (money.state, money.elapsed) == (ClockState.STOPPED_IN_TIME, 1)


def test_equity_has_reading_and_first_answer_only():
    clocks = read("2026-11-25T11:00", track="equity")

    assert {kind: clock.due_on for kind, clock in clocks.items()} == {
        ClockKind.READ: date(2026, 11, 30),
        ClockKind.ANSWER: date(2026, 12, 2),
    }


def test_a_clock_that_the_agreement_does_not_have_does_not_run():
    facts = ReferralFacts(track="debt", started_at=SENT, allowed={ClockKind.CONTACT: 3})

    assert [clock.kind for clock in read_clocks(facts, SENT)] == [ClockKind.CONTACT]


def test_the_spring_festival_and_its_make_up_days_are_known():
    # 2026: 15 to 23 February are free, Saturday 14 and Saturday 28 February are worked.
    facts = ReferralFacts(track="debt", started_at=at("2026-02-13T10:00"), allowed=ALLOWED)

    clocks = {clock.kind: clock for clock in read_clocks(facts, at("2026-02-13T11:00"))}

    assert clocks[ClockKind.ACKNOWLEDGE].due_on == date(2026, 2, 14)
    assert clocks[ClockKind.CONTACT].due_on == date(2026, 2, 25)
    assert clocks[ClockKind.DECIDE].due_on == date(2026, 2, 27)


def test_a_year_that_is_not_announced_says_so():
    facts = ReferralFacts(track="debt", started_at=at("2031-03-03T10:00"), allowed=ALLOWED)

    assert not any(clock.is_certain for clock in read_clocks(facts, at("2031-03-03T11:00")))


def test_later_events_are_not_looked_at():
    later = (Taken(Step.ACKNOWLEDGED, at("2026-11-26T09:00")),)

    assert read("2026-11-25T12:00", steps=later) == read("2026-11-25T12:00")


def test_the_next_due_day_is_that_of_the_nearest_clock_that_runs():
    told = ReferralFacts(
        track="debt",
        started_at=SENT,
        allowed=ALLOWED,
        steps=(Taken(Step.CONTACTED, at("2026-11-26T09:00")),),
        documents=(Asked(at("2026-11-26T10:00"), None),),
    )

    assert next_due(read_clocks(told, at("2026-11-25T12:00"))) == date(2026, 11, 26)
    # The decision rests, the others have stopped.
    assert next_due(read_clocks(told, at("2026-11-27T12:00"))) is None
