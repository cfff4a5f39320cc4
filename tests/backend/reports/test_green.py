"""The green channel: granted of asked, and working days against the promise."""

from datetime import date, timedelta

import pytest

from backend.organizations.enums import Role
from backend.referrals.enums import Step
from backend.reports.green import draw_green_channel, find_green_rows
from backend.reports.scope import make_scope
from tests.backend.reports.conftest import noon
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import make_actor
from tests.factories.referrals import ApprovedLineFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)  # no holiday in the three weeks that follow
AS_OF = date(2026, 11, 27)


@pytest.fixture
def green(province):
    """Four referrals to a product that promises three days; one of them tells nothing."""
    bank = province.banks[0]
    ProductFactory(
        institution=bank,
        approval_days=3,
        green_quota=True,
        green_approval=True,
        green_disbursement=True,
    )
    asked = (1_000_000, 2_000_000, None, 9_000_000)
    province.sent = [
        province.send(
            province.add_need(
                MONDAY - timedelta(days=10), amount_min_yuan=amount, amount_max_yuan=amount
            ),
            bank,
            MONDAY,
            with_consents=number < 3,
        )
        for number, amount in enumerate(asked)
    ]
    return province


def scope_of(province, actor=None, as_of=AS_OF):
    return make_scope(
        actor=actor or province.officer, start=MONDAY, end=date(2026, 12, 1), as_of=as_of
    )


def let_go(province, referral, *, complete, approved, drawn, amount):
    """Documents complete, approved and drawn on some day after the Monday."""
    province.step(referral, Step.DOCUMENTS_COMPLETE, MONDAY + timedelta(days=complete))
    day = MONDAY + timedelta(days=approved)
    province.step(referral, Step.APPROVED, day)
    ApprovedLineFactory(
        referral=referral, approved_on=day, recorded_at=noon(day), amount_yuan=amount, is_green=True
    )
    if drawn is not None:
        province.step(referral, Step.DRAWN, MONDAY + timedelta(days=drawn))


def test_quota_is_told_as_granted_and_asked_never_as_a_share(green):
    """With counts and amounts; a need without an amount counts in the number alone."""
    let_go(green, green.sent[0], complete=0, approved=1, drawn=2, amount=800_000)
    (row,) = draw_green_channel(scope=scope_of(green))["rows"]
    assert row["referrals"] == 3
    assert row["not_reported"] == 1
    assert row["quota"] == {
        "asked": {"count": 3, "amount_yuan": 3_000_000},
        "asked_without_amount": 1,
        "granted": {"count": 1, "amount_yuan": 800_000},
        "declined": 0,
    }
    assert row["through_green_channel"] == {"count": 1, "amount_yuan": 800_000}


def test_approval_and_money_are_measured_against_the_promise(green):
    """From complete documents to the approval, and from there to the money."""
    let_go(green, green.sent[0], complete=0, approved=1, drawn=2, amount=800_000)
    let_go(green, green.sent[1], complete=0, approved=7, drawn=None, amount=900_000)
    total = draw_green_channel(scope=scope_of(green))["total"]
    approval, money = total["approval"], total["disbursement"]
    assert approval["promised_days"] == 3
    assert (approval["answered"], approval["within"], approval["after"]) == (2, 1, 1)
    assert (approval["waiting"], approval["median_workdays"]) == (1, 3)  # of 1 and 5 days
    assert (money["answered"], money["within"], money["overdue"]) == (1, 1, 1)


def test_what_was_recorded_later_does_not_count_for_an_earlier_day(green):
    """The line of the next day is not there yet."""
    before = draw_green_channel(scope=scope_of(green, as_of=MONDAY))
    let_go(green, green.sent[0], complete=0, approved=1, drawn=2, amount=800_000)
    assert (
        draw_green_channel(scope=scope_of(green, as_of=MONDAY))["rows"][0]["quota"]
        == (before["rows"][0]["quota"])
    )


def test_the_rows_are_those_that_are_counted_and_others_have_none(green):
    """A rival sees nothing; a plain product has no row."""
    green.send(green.add_need(MONDAY - timedelta(days=9)), green.banks[1], MONDAY)
    scope = scope_of(green)
    (row,) = draw_green_channel(scope=scope)["rows"]
    assert set(find_green_rows(scope=scope, product=row["product"])) == set(green.sent)
    rival = make_actor(organization=green.banks[1], role=Role.INSTITUTION)
    assert draw_green_channel(scope=scope_of(green, rival))["rows"] == []
    assert not find_green_rows(scope=scope_of(green, rival), product=None).exists()
