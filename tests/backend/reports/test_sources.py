"""Three sources side by side, and what everybody may know."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from django.core.cache import cache
from django.utils import timezone

from backend.filings.enums import Measure, Unit
from backend.organizations.enums import Role
from backend.referrals.enums import Step
from backend.reports.public import draw_public
from backend.reports.scope import make_scope
from backend.reports.sources import draw_sources
from tests.factories.filings import AggregateFactory, IndicatorFactory, last_month
from tests.factories.organizations import OrganizationFactory, make_actor

pytestmark = pytest.mark.django_db


def scope_of(actor):
    """The last month, as it is known today."""
    start, end = last_month()
    return make_scope(actor=actor, start=start, end=end)


@pytest.fixture
def told(province):
    """Each source says something of the last month; no two sums of the numbers are alike."""
    start, _ = last_month()
    need = province.add_need(start - timedelta(days=20))
    referral = province.send(need, province.banks[0], start)
    province.step(referral, Step.DRAWN, start)
    province.draw(referral, start, 1_000_003)
    for number, bank in enumerate(province.banks, start=1):
        AggregateFactory(
            signed=True,
            institution=bank,
            firms_served=16 * 2**number,
            loans=3 * 2**number,
            disbursed_yuan=10_000_019 * 2**number,
            balance_yuan=90_000_049 * 2**number,
        )
    AggregateFactory(institution=province.branches[0])  # a draft is nobody's figure yet
    department = province.officer.organization
    common = {"department": department, "covers_from": start, "covers_until": last_month()[1]}
    IndicatorFactory(value=5_312, **common)
    IndicatorFactory(measure=Measure.FIRMS_FUNDED, unit=Unit.FIRMS, value=507, **common)
    IndicatorFactory(measure=Measure.AMOUNT_FUNDED, unit=Unit.YUAN, value=63_400_000_000, **common)
    return province


def every_number(node):
    """Yield each number of an answer, wherever it stands."""
    if isinstance(node, dict):
        for value in node.values():
            yield from every_number(value)
    elif isinstance(node, list):
        for value in node:
            yield from every_number(value)
    elif hasattr(node, "value") and hasattr(node, "basis"):
        yield node.value
    elif isinstance(node, int):
        yield node


def test_no_field_adds_one_figure_to_another(told):
    """Neither sources nor institutions: no number is the sum of two or three others."""
    drawn = draw_sources(scope=scope_of(told.officer))
    found = list(every_number(drawn))
    big = {number for number in found if number > 2}
    sums = {sum(some) for size in (2, 3) for some in combinations(sorted(big), size)}
    assert not big & sums
    assert {5_312, 507, 63_400_000_000, 1_000_003, 32, 64} <= big


def test_each_figure_has_its_label_basis_date_and_rows(told):
    """Side by side under one measure."""
    drawn = draw_sources(scope=scope_of(told.officer))
    (amount,) = [one for one in drawn["measures"] if one["measure"] == "amount_funded"]
    sides = {name: amount[name] for name in ("platform", "aggregates", "indicators")}
    assert [len(side) for side in sides.values()] == [1, 2, 1]
    labels = {name: {one.source.label for one in side} for name, side in sides.items()}
    assert labels == {
        "platform": {"平台记录"},
        "aggregates": {"机构签报"},
        "indicators": {"部门填报指标"},
    }
    assert all(one.basis and one.rows and one.day for side in sides.values() for one in side)
    assert sides["platform"][0].value == 1_000_003


def test_a_corrected_aggregate_takes_the_formers_place_from_its_signature_on(told):
    """And yesterday's figures stay."""
    bank = told.banks[0]
    former = bank.aggregates.get()
    yesterday = told.today - timedelta(days=1)
    AggregateFactory(
        institution=bank, replaces=former, version=2, reason="漏报", signed=True, firms_served=999
    )
    found = set(every_number(draw_sources(scope=scope_of(told.officer))))
    assert 999 in found
    assert former.firms_served not in found
    start, _ = last_month()
    early = make_scope(actor=told.officer, start=start, end=yesterday, as_of=yesterday)
    assert 999 not in set(every_number(draw_sources(scope=early)))


def test_a_bank_sees_its_own_aggregates_and_no_indicators(told):
    """Nor what a rival reports."""
    actor = make_actor(organization=told.banks[0], role=Role.INSTITUTION)
    found = set(every_number(draw_sources(scope=scope_of(actor))))
    assert {32, 1_000_003} <= found
    assert not found & {64, 507, 5_312}


@pytest.fixture
def quarter(province, settings):
    """Six firms are referred to six banks in the first quarter, one more in the second."""
    cache.clear()
    settings.REPORTS_PUBLIC_LEAST = 5
    province.banks += [OrganizationFactory(bank=True) for _ in range(4)]
    year = timezone.localdate().year - 1
    days = [date(year, 2, 1)] * 6 + [date(year, 5, 4)]
    for number, day in enumerate(days):
        need = province.add_need(day - timedelta(days=20))
        referral = province.send(need, province.banks[number % 6], day)
        if number < 3:
            province.step(referral, Step.APPROVED, day)
    yield year
    cache.clear()


def sums_of(cell, today):
    (found,) = [one for one in draw_public(today=today)["figures"] if one["cell"] == cell]
    return found["sums"]


def test_public_sums_need_enough_firms_and_institutions(quarter):
    """Six are enough, three are not; nothing tells three from none."""
    today = date(quarter, 4, 2)
    assert sums_of("referred", today) == {"firms": 6, "needs": 6, "referrals": 6}
    assert sums_of("approved", today) is None
    assert sums_of("disbursed", today) is None


def test_one_firm_more_does_not_move_a_public_sum(quarter):
    """The difference of two publications would be that firm."""
    assert sums_of("referred", date(quarter, 7, 2)) == sums_of("referred", date(quarter, 4, 2))


def test_an_unfinished_quarter_is_not_public(quarter):
    """Otherwise somebody could ask every day."""
    assert sums_of("referred", date(quarter, 3, 31)) is None


def test_many_needs_to_one_bank_are_not_public(province, settings):
    """Its own figures would be everybody's."""
    cache.clear()
    settings.REPORTS_PUBLIC_LEAST = 5
    year = province.today.year - 1
    for _ in range(6):
        need = province.add_need(date(year, 1, 12))
        province.send(need, province.banks[0], date(year, 2, 1))
    assert sums_of("posted", date(year, 4, 2)) == {"firms": 6, "needs": 6}
    assert sums_of("referred", date(year, 4, 2)) is None
    cache.clear()


@pytest.fixture
def funded(province, settings):
    """Return a call that draws money for six firms at six banks in the first quarter of last year.

    It takes how much each draws, and how many more firms the first bank serves.
    """
    cache.clear()
    settings.REPORTS_PUBLIC_LEAST = 5
    province.banks += [OrganizationFactory(bank=True) for _ in range(4)]
    year = province.today.year - 1

    def make(amounts, more=0, month=2):
        places = [*range(len(amounts)), *[0] * more]
        for place, amount in zip(places, [*amounts, *[amounts[0]] * more], strict=True):
            need = province.add_need(date(year, month, 1) - timedelta(days=20))
            referral = province.send(need, province.banks[place], date(year, month, 3))
            province.step(referral, Step.DRAWN, date(year, month, 9))
            province.draw(referral, date(year, month, 9), amount)
        cache.clear()
        return date(year, month + 3 - (month - 1) % 3, 2)

    yield make
    cache.clear()


MILLION = 1_000_000


def test_an_amount_that_is_nearly_one_firms_is_not_public(funded):
    """Its number of firms is: that tells no amount."""
    today = funded([29 * MILLION, *[MILLION] * 5])  # 29 of 34: 85.3 %
    assert sums_of("disbursed", today) == {"firms": 6, "needs": 6, "referrals": 6}
    assert sums_of("disbursed_amount", today) is None


def test_an_amount_of_which_one_firm_has_much_but_not_nearly_all_is_public(funded):
    today = funded([28 * MILLION, *[MILLION] * 5])  # 28 of 33: 84.8 %
    assert sums_of("disbursed_amount", today)["amount_yuan"] == 33 * MILLION


def test_a_count_that_is_nearly_one_banks_takes_its_amount_along(funded):
    """The amount's own rows would tell the count, though no bank has nearly all of the money."""
    today = funded([1, *[MILLION] * 5], more=29)  # 30 of 35 referrals: 85.7 %
    assert sums_of("posted", today) == {"firms": 35, "needs": 35}
    for cell in ("referred", "disbursed", "disbursed_amount"):
        assert sums_of(cell, today) is None, cell


def test_what_moves_a_public_amount_is_not_nearly_one_firms_either(funded):
    """The difference of two publications would be nearly that firm's."""
    first = funded([MILLION] * 6)
    assert sums_of("disbursed_amount", first)["amount_yuan"] == 6 * MILLION
    second = funded(
        [4 * MILLION, *[100_000] * 5], month=5
    )  # 4 of 4.5 of the change, 4 of 10.5 in all
    assert sums_of("disbursed", second)["firms"] == 12
    assert sums_of("disbursed_amount", second)["amount_yuan"] == 6 * MILLION
