"""The upper unit assigns to the lower: regions, capacity, people, overrides."""

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.organizations.enums import Rank, Role
from backend.referrals.models import Referral
from backend.referrals.services.assigning import assign_referral, hand_over_referral
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import ServiceRegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch(bank_actor):
    return OrganizationFactory(bank=True, parent=bank_actor.organization, region__code="220100")


@pytest.fixture
def branch_actor(branch):
    return make_actor(organization=branch, role=Role.INSTITUTION)


def assign(actor, referral, **values):
    return assign_referral(
        actor=actor, referral=referral, expected_revision=None, now=timezone.now(), **values
    )


def test_the_branch_gets_the_referral_and_the_upper_unit_keeps_sight_of_it(
    bank_actor, branch, branch_actor, referral
):
    done = assign(bank_actor, referral, unit_code=branch.code, username=branch_actor.user.username)

    assert (done.unit, done.handler) == (branch, branch_actor.user)
    for actor in (bank_actor, branch_actor):
        assert Referral.objects.visible_to(actor).get() == referral


def test_a_sub_branch_may_get_it_from_the_top(bank_actor, branch, referral):
    sub_branch = OrganizationFactory(bank=True, parent=branch)

    assert assign(bank_actor, referral, unit_code=sub_branch.code).unit == sub_branch


def test_a_foreign_unit_is_refused(bank_actor, referral):
    stranger = OrganizationFactory(bank=True)

    with pytest.raises(InvalidInput, match="下级机构"):
        assign(bank_actor, referral, unit_code=stranger.code)


def test_a_branch_does_not_assign_upwards(bank_actor, branch, branch_actor, send):
    with pytest.raises(InvalidInput):
        assign(branch_actor, send(unit=branch), unit_code=bank_actor.organization.code)


def test_an_officer_does_not_assign(bank_actor, branch, referral):
    officer = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )

    with pytest.raises(NotPermitted):
        assign(officer, referral, unit_code=branch.code)


def test_a_unit_that_does_not_serve_the_region_needs_a_reason(bank_actor, branch, referral):
    ServiceRegionFactory(organization=branch, region__code="220200")

    with pytest.raises(StateConflict, match="服务区域"):
        assign(bank_actor, referral, unit_code=branch.code)
    done = assign(bank_actor, referral, unit_code=branch.code, override_reason="客户经理在当地")

    assert done.unit == branch
    assert done.steps.get().note == "客户经理在当地"


def test_a_unit_that_serves_the_city_serves_its_districts(bank_actor, branch, referral):
    ServiceRegionFactory(organization=branch, region__code="220100")

    assert assign(bank_actor, referral, unit_code=branch.code).unit == branch


def test_a_full_unit_needs_a_reason(bank_actor, branch, referral):
    branch.capacity = 0
    branch.save()

    with pytest.raises(StateConflict, match="名额"):
        assign(bank_actor, referral, unit_code=branch.code)


def test_the_same_assignment_twice_is_one(bank_actor, branch, referral):
    assign(bank_actor, referral, unit_code=branch.code)
    assign(bank_actor, referral, unit_code=branch.code)

    assert referral.steps.count() == 1


def test_assigning_is_no_answer(bank_actor, branch, referral):
    assert assign(bank_actor, referral, unit_code=branch.code).answered_at is None


def test_a_person_of_another_unit_is_no_handler(bank_actor, branch_actor, referral):
    with pytest.raises(InvalidInput, match="在职"):
        assign(bank_actor, referral, username=branch_actor.user.username)


def test_a_colleague_takes_over(bank_actor, referral):
    officer = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )

    done = hand_over_referral(
        actor=officer,
        referral=referral,
        username=bank_actor.user.username,
        note="休假交接",
        expected_revision=1,
        now=timezone.now(),
    )

    assert done.handler == bank_actor.user
