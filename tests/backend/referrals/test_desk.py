"""What lies on the desk of a department's officer."""

import pytest
from django.utils import timezone

from backend.organizations.enums import Role
from backend.referrals import desk
from backend.referrals.enums import OutcomeState
from backend.referrals.services import approval
from tests.factories.lists import make_office, open_needs
from tests.factories.organizations import make_actor
from tests.factories.referrals import DrawdownFactory


@pytest.fixture
def office(db):
    return make_office(banks=1)


def to_sign(actor):
    return list(desk.lists_to_sign(actor))


def test_a_list_lies_before_whoever_may_sign_next_and_moves_on(office):
    open_needs(1)
    submitted = office.submit(office.draft())
    assert to_sign(office.officer) == []
    assert to_sign(office.head) == [submitted]
    approval.approve_list(
        actor=office.head, referral_list=submitted, expected_revision=None, now=timezone.now()
    )
    assert to_sign(office.head) == []
    assert to_sign(office.leader) == [submitted]
    assert desk.can_sign(office.leader, submitted)
    assert not desk.can_sign(office.head, submitted)


def test_a_draft_and_another_departments_list_lie_before_nobody(office):
    open_needs(1)
    office.draft()
    assert to_sign(office.head) == []
    office.submit(office.draft())
    other = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    assert to_sign(other) == []


def test_a_second_round_asks_the_first_signer_again(office):
    open_needs(1)
    submitted = office.submit(office.draft())
    refused = approval.refuse_list(
        actor=office.head,
        referral_list=submitted,
        note="请核对",
        expected_revision=None,
        now=timezone.now(),
    )
    assert to_sign(office.head) == []
    office.submit(refused)
    assert to_sign(office.head) == [refused]


def test_only_contested_money_that_stands_waits(office):
    contested = DrawdownFactory(state=OutcomeState.CONTESTED)
    DrawdownFactory(state=OutcomeState.CONFIRMED)
    DrawdownFactory(
        state=OutcomeState.CONTESTED, voided_at=timezone.now(), voided_reason="重复上报"
    )
    assert list(desk.contested_outcomes(office.officer)) == [contested]
    stranger = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    assert not desk.contested_outcomes(stranger).exists()
