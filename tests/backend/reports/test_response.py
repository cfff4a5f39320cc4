"""Response times and products: worked examples on working days known by heart."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.organizations.enums import Role
from backend.referrals.clocks import ReferralClock
from backend.referrals.enums import ClockKind, Step
from backend.referrals.models import Referral
from backend.reports.distribution import percentile
from backend.reports.measured import load_measured
from backend.reports.products import draw_products, find_product_rows
from backend.reports.response import draw_response, find_response_rows
from backend.reports.scope import make_scope
from tests.backend.reports.conftest import noon
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)  # no holiday in the three weeks that follow


def make_referral(province, *, bank=0, **values):
    need = province.add_need(MONDAY - timedelta(days=10))
    return province.send(need, province.banks[bank], MONDAY, **values)


def scope_of(province, actor=None, as_of=date(2026, 11, 27)):
    return make_scope(
        actor=actor or province.officer, start=MONDAY, end=date(2026, 12, 1), as_of=as_of
    )


def clock_of(drawn, kind, unit=None):
    (row,) = [row for row in drawn["rows"] if row["unit"] == unit]
    (clock,) = [clock for clock in row["clocks"] if clock["clock"] == kind]
    return clock


def days_after(count):
    """The day that many working days after the Monday, within the same three weeks."""
    return MONDAY + timedelta(days=count + 2 * (count // 5))


def test_the_middle_and_the_slow_end_of_working_days(province):
    """Acknowledged after 0, 1, 2, 4 and 6 working days; the agreement allows some of them."""
    agreement = None
    for count in (0, 1, 2, 4, 6):
        referral = make_referral(province)
        agreement = referral.agreement
        province.step(referral, Step.ACKNOWLEDGED, days_after(count))
    allowed = agreement.acknowledge_workdays
    clock = clock_of(draw_response(scope=scope_of(province)), "acknowledge")
    assert (clock["answered"], clock["median_workdays"], clock["p90_workdays"]) == (5, 2, 6)
    assert clock["within"] == sum(count <= allowed for count in (0, 1, 2, 4, 6))
    assert clock["after"] == 5 - clock["within"]


def test_an_hour_of_silence_becomes_an_overdue_clock(province):
    """Open clocks are numbers of their own and no part of the distribution."""
    make_referral(province)
    early = draw_response(scope=scope_of(province, as_of=MONDAY))
    late = draw_response(scope=scope_of(province))
    assert clock_of(early, "acknowledge")["running"] == 1
    assert clock_of(late, "acknowledge")["overdue"] == 1
    assert clock_of(late, "acknowledge")["median_workdays"] is None


def test_what_a_firm_lets_nobody_report_counts_against_nobody(province):
    """Without the consent there is no clock, and no row."""
    make_referral(province, with_consents=False)
    assert draw_response(scope=scope_of(province))["rows"] == []


def test_a_consent_that_was_withdrawn_later_counts_as_of_then(province):
    """What has stopped before stays counted; what is open is counted no more."""
    open_one, answered = make_referral(province), make_referral(province)
    province.step(answered, Step.ACKNOWLEDGED, MONDAY)
    before = scope_of(province, as_of=date(2026, 11, 6))
    printed = draw_response(scope=before)
    for referral in (open_one, answered):
        referral.need.consents.update(withdrawn_at=noon(date(2026, 11, 10)))
    assert draw_response(scope=before) == printed
    clock = clock_of(draw_response(scope=scope_of(province)), "acknowledge")
    assert (clock["answered"], clock["overdue"]) == (1, 0)


def test_a_bank_sees_its_own_first_and_no_other_bank(province):
    """A row for the bank as a whole, and one for each of its units."""
    branch = province.branches[0]
    make_referral(province, unit=branch)
    make_referral(province)
    make_referral(province, bank=1)
    reader = make_actor(organization=branch, role=Role.INSTITUTION)
    manager = make_actor(organization=province.banks[0], role=Role.INSTITUTION)
    own = draw_response(scope=scope_of(province, reader))["rows"]
    assert [row["unit"] for row in own] == [branch.code, None]
    assert own[0]["is_own"]
    whole = draw_response(scope=scope_of(province, manager))["rows"]
    assert {row["institution"] for row in whole} == {province.banks[0].code}
    assert [row["referrals"] for row in whole if row["unit"] is None] == [2]
    assert all(row["is_own"] for row in whole[:2])
    everything = draw_response(scope=scope_of(province))["rows"]
    assert len({row["institution"] for row in everything}) == 2


def test_every_row_of_response_times_leads_to_its_referrals(province):
    """By institution, unit and clock."""
    make_referral(province, unit=province.branches[0])
    make_referral(province)
    scope = scope_of(province)
    for row in draw_response(scope=scope)["rows"]:
        place = {"institution": row["institution"], "unit": row["unit"]}
        found = find_response_rows(scope=scope, **place, clock=None)
        assert found.count() == row["referrals"]
        for clock in row["clocks"]:
            found = find_response_rows(scope=scope, **place, clock=ClockKind(clock["clock"]))
            states = ("answered", "running", "paused", "overdue", "waiting")
            assert found.count() == sum(clock[state] for state in states)


def test_the_platform_reads_the_same_clocks_as_the_inbox(province):
    """The figures and the inbox ask one function with the same facts."""
    from backend.referrals.reporting import clocks_of, list_reporting

    for count in range(6):
        referral = make_referral(province)
        for step in (Step.ACKNOWLEDGED, Step.CONTACTED, Step.DOCUMENTS_COMPLETE)[: count % 4]:
            province.step(referral, step, days_after(count))
        if count == 5:
            province.step(referral, Step.DECLINED, days_after(7), reasons=["bank_internal"])
    as_of = date(2026, 11, 27)
    now = datetime(2026, 11, 27, 23, 59, 59, 999999, ZoneInfo("Asia/Shanghai"))
    referrals = list(Referral.objects.with_story())
    reporting = list_reporting(referrals, day=as_of)
    measured = {one.pk: one for one in load_measured(scope_of(province))}
    for referral in referrals:
        shown: tuple[ReferralClock, ...] = clocks_of(referral, reporting[referral.pk], now)
        assert tuple(measured[referral.pk].clocks.values()) == shown
        assert shown


def decide(province, count, *, declined=False):
    referral = make_referral(province)
    province.step(referral, Step.DOCUMENTS_COMPLETE, MONDAY)
    if declined:
        province.step(referral, Step.DECLINED, days_after(count), reasons=["bank_internal"])
    else:
        province.step(referral, Step.APPROVED, days_after(count))


def test_a_product_is_shown_from_the_fifth_decision_on(province):
    """It promises seven working days."""
    for count in (2, 4, 7):
        decide(province, count)
    decide(province, 9, declined=True)
    make_referral(province)  # undecided
    few = draw_products(scope=scope_of(province))
    assert (few["rows"], few["products_below"]) == ([], 1)
    decide(province, 10)
    scope = scope_of(province)
    (row,) = draw_products(scope=scope)["rows"]
    assert (row["decided"], row["approved"], row["declined"]) == (5, 4, 1)
    assert (row["promised_days"], row["median_workdays"], row["p90_workdays"]) == (7, 7, 10)
    assert (row["within_promise"], row["after_promise"]) == (3, 2)
    assert [(one["reason"], one["count"]) for one in row["declines"]] == [("bank_internal", 1)]
    assert find_product_rows(scope=scope, product=row["product"]).count() == 5
    assert draw_products(scope=scope_of(province, as_of=MONDAY))["rows"] == []


def test_a_decline_whose_reasons_are_withheld_is_counted_as_such(province):
    """The firm let none pass."""
    for count in range(4):
        decide(province, count)
    province.step(make_referral(province), Step.DECLINED, days_after(3))
    (row,) = draw_products(scope=scope_of(province))["rows"]
    assert [one["reason"] for one in row["declines"]] == ["withheld"]


def test_the_percentile_is_a_value_that_occurs():
    """Nearest rank."""
    assert percentile([5, 1, 3], 90) == 5
    assert percentile(list(range(1, 11)), 90) == 9
    assert percentile([], 90) is None


def test_the_number_of_queries_of_clocks_does_not_grow(province, django_assert_max_num_queries):
    """One referral or many."""
    for _ in range(6):
        make_referral(province)
    with django_assert_max_num_queries(11):
        draw_response(scope=scope_of(province))
