"""The calendar: exactly the days on which the verdicts of the reference change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher, calendar, calendars, merge_calendars
from matching.eligibility.stage import completed_months
from matching.errors import InputError
from matching.explanation.changes import day_of_age
from matching.schema import Firm, Need, Product, Qualification
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs
from tests.matching.verdicts import as_lists, differences, verdicts

FIRM = Firm(uscc="F1", name="演示企业", qualifications=())
NEED = Need(code="N1", firm="F1")


def product(code="P1", **values):
    return Product(
        **{"institution": "B1", "name": "科创贷", "financing_type": "credit_loan"} | values,
        code=code,
    )


def ask(catalogue, firm=FIRM, need=NEED, until=date(2028, 11, 23), as_of=AS_OF):
    return calendar(Matcher(catalogue), need, firm, as_of=as_of, until=until)


def day_by_day(catalogue, firm, need, as_of, until):
    """Compare each day of the horizon with the day before."""
    before, found = verdicts(catalogue, firm, need, as_of), {}
    for number in range(1, (until - as_of).days + 1):
        day = as_of + timedelta(days=number)
        after = verdicts(catalogue, firm, need, day)
        changes = differences(before, after)
        if any(changes.values()):
            found[day] = changes
        before = after
    return found


@settings(max_examples=150)
@given(catalogue=catalogues(), firm=FIRMS, wish=needs(), days=st.sampled_from((0, 1, 10, 200)))
def test_the_days_and_changes_are_those_of_trying_every_day(catalogue, firm, wish, days):
    until = AS_OF + timedelta(days=days)
    found = ask(catalogue, firm, wish, until)
    assert {entry.day: as_lists(entry.shift) for entry in found.days} == day_by_day(
        catalogue, firm, wish, AS_OF, until
    )
    assert [entry.day for entry in found.days] == sorted(entry.day for entry in found.days)


@settings(max_examples=25)
@given(
    founded_on=st.dates(date(2024, 1, 1), date(2028, 3, 31)),
    revenue=st.sampled_from((None, 500_000, 60_000_000)),
    rd_ratio=st.sampled_from((None, 0.6)),
    months=st.lists(st.integers(0, 30), min_size=2, max_size=2).map(sorted),
)
def test_age_and_the_stage_inferred_from_it_turn_on_the_right_days(
    founded_on, revenue, rd_ratio, months
):
    firm = replace(FIRM, founded_on=founded_on, revenue_yuan=revenue, rd_ratio=rd_ratio)
    catalogue = (
        product("A", firm_age_min_months=months[0], firm_age_max_months=months[1]),
        product("B", stages=("seed",)),
        product("C", stages=("startup", "mature"), firm_age_min_months=months[0]),
    )
    until = date(2028, 11, 23)
    found = {entry.day: as_lists(entry.shift) for entry in ask(catalogue, firm).days}
    assert found == day_by_day(catalogue, firm, NEED, AS_OF, until)


@given(founded_on=st.dates(date(2024, 1, 1), date(2024, 12, 31)), months=st.integers(-14, 14))
def test_the_day_of_an_age_is_the_first_on_which_so_many_months_are_complete(founded_on, months):
    day = day_of_age(founded_on, months)
    assert completed_months(founded_on, day) >= months
    assert completed_months(founded_on, day - timedelta(days=1)) < months


def test_a_calendar_says_what_happens_and_why():
    firm = Firm(
        uscc="F1",
        name="演示企业",
        founded_on=date(2025, 1, 31),
        stage="growth",
        qualifications=(
            Qualification(code="tech_sme", valid_until=date(2026, 12, 31)),
            Qualification(code="high_tech", valid_from=date(2027, 1, 15)),
        ),
    )
    catalogue = [
        product("AGE", firm_age_min_months=24, firm_age_max_months=36),
        product("LAPSES", qualifications_any=("tech_sme",)),
        product("STARTS", qualifications_all=("high_tech",)),
        product("OPENS", valid_from=date(2027, 3, 1), valid_until=date(2027, 6, 1)),
        product("NEVER", stages=("seed",), valid_from=date(2027, 3, 2)),
    ]
    found = ask(catalogue, firm)
    told = [
        (entry.day.isoformat(), kind, change.product, change.because)
        for entry in found.days
        for kind in ("gained", "lost", "moved")
        for change in getattr(entry.shift, kind)
    ]
    assert told == [
        ("2026-12-31", "lost", "LAPSES", ("qualifications_any",)),
        ("2027-01-15", "gained", "STARTS", ("qualifications_all",)),
        ("2027-01-31", "gained", "AGE", ("firm_age",)),
        ("2027-03-01", "gained", "OPENS", ("opens",)),
        ("2027-06-01", "lost", "OPENS", ("closes",)),
        ("2028-02-29", "lost", "AGE", ("firm_age",)),
    ]


def test_a_product_that_opens_while_it_does_not_fit_is_no_change_until_it_fits():
    young = replace(FIRM, founded_on=date(2026, 1, 1))
    later = product(valid_from=date(2026, 12, 1), firm_age_min_months=12)
    (entry,) = ask([later], young).days
    assert entry.day == date(2027, 1, 1)
    assert entry.shift.gained[0].before == "ineligible"


def test_on_one_day_opening_and_coming_of_age_are_both_named():
    young = replace(FIRM, founded_on=date(2026, 1, 1))
    both = product(valid_from=date(2027, 1, 1), firm_age_min_months=12)
    (entry,) = ask([both], young).days
    assert entry.shift.gained[0].because == ("opens", "firm_age")


def test_two_changes_of_one_day_that_cancel_out_are_none():
    renewed = replace(
        FIRM,
        qualifications=(
            Qualification(code="high_tech", valid_until=date(2027, 1, 1)),
            Qualification(code="high_tech", valid_from=date(2027, 1, 1)),
        ),
    )
    assert ask([product(qualifications_all=("high_tech",))], renewed).days == ()


def test_the_last_day_counts_and_the_first_does_not():
    opening = product(valid_from=AS_OF + timedelta(days=1))
    assert len(ask([opening], until=AS_OF + timedelta(days=1)).days) == 1
    assert ask([product(valid_from=AS_OF)], until=AS_OF + timedelta(days=1)).days == ()
    assert ask([opening], until=AS_OF).days == ()


def test_a_firm_that_comes_of_age_on_the_last_day_is_told():
    firm = replace(FIRM, founded_on=date(2026, 1, 31))
    (entry,) = ask([product(firm_age_min_months=13)], firm, until=date(2027, 2, 28)).days
    assert entry.day == date(2027, 2, 28)


def test_a_horizon_that_ends_before_it_begins_is_refused():
    with pytest.raises(InputError) as refusal:
        ask([], until=AS_OF - timedelta(days=1))
    (fault,) = refusal.value.faults
    assert (fault.field, fault.value, fault.code) == ("until", "2026-11-22", "before_as_of")
    assert "2026-11-23" in fault.expected


def test_a_horizon_to_the_end_of_the_calendar_is_answered():
    old_enough_never = product(firm_age_min_months=12_000_000)
    firm = replace(FIRM, founded_on=date(2026, 1, 1))
    assert ask([old_enough_never], firm, until=date.max).days == ()


def test_an_excluded_institution_and_an_unpublished_product_never_appear():
    catalogue = [
        product("A", valid_from=date(2027, 1, 1)),
        product("B", institution="B2", valid_from=date(2027, 1, 1), published=False),
    ]
    assert ask(catalogue, need=replace(NEED, excluded_institutions=("B1",))).days == ()


@given(catalogue=catalogues(), firms=st.lists(FIRMS, max_size=3), wish=needs(), data=st.data())
def test_many_needs_share_days_in_order_of_need_whatever_the_order_of_input(
    catalogue, firms, wish, data
):
    pairs = [
        (replace(wish, code=f"N{number}"), replace(firm, uscc=f"F{number}"))
        for number, firm in enumerate(firms)
    ]
    until = AS_OF + timedelta(days=60)
    matcher = Matcher(catalogue)
    found = calendars(matcher, data.draw(st.permutations(pairs)), as_of=AS_OF, until=until)
    assert found == tuple(
        calendar(matcher, need, firm, as_of=AS_OF, until=until) for need, firm in pairs
    )
    shared = merge_calendars(found[::-1])
    assert [(day.day, entry.need, entry.shift) for day in shared for entry in day.needs] == sorted(
        ((entry.day, own.need, entry.shift) for own in found for entry in own.days),
        key=lambda item: item[:2],
    )


@given(catalogue=catalogues(), firm=FIRMS, wish=needs())
def test_a_product_alone_has_the_same_days_as_among_others(catalogue, firm, wish):
    until = AS_OF + timedelta(days=60)
    together = ask(catalogue, firm, wish, until)
    for offered in catalogue:
        alone = {
            (entry.day, change)
            for entry in ask([offered], firm, wish, until).days
            for change in (*entry.shift.gained, *entry.shift.lost, *entry.shift.moved)
        }
        assert alone == {
            (entry.day, change)
            for entry in together.days
            for change in (*entry.shift.gained, *entry.shift.lost, *entry.shift.moved)
            if change.product == offered.code
        }
