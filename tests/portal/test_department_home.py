"""The department's first page: what waits, each number leading to its list."""

import pytest
from django.urls import reverse

from backend.organizations.enums import Role
from backend.referrals.enums import OutcomeState
from tests.factories.lists import make_office, open_needs
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.recommendations import RecommendationFactory
from tests.factories.referrals import (
    DrawdownFactory,
    EscalationCaseFactory,
    MatterFactory,
    ReferralFactory,
)

HOME = reverse("portal:department")


def counts(client):
    return {one.label: one.count for one in client.get(HOME).context["to_dos"]}


def test_nothing_waits_on_an_empty_desk(browse, department_actor):
    assert set(counts(browse(department_actor)).values()) == {0}


def test_what_waits_is_counted_by_kind(browse, department_actor):
    NeedFactory.create_batch(2, submitted=True)
    referral = ReferralFactory(funded=True)
    DrawdownFactory(referral=referral, state=OutcomeState.CONTESTED)
    MatterFactory(referral=referral)
    EscalationCaseFactory(referral=referral)
    found = counts(browse(department_actor))
    assert found["待核验需求"] == 2
    assert found["放款异议"] == 1
    assert found["协调事项"] == 1
    assert found["逾期提请"] == 1


def test_a_list_waits_for_whoever_is_in_turn_and_for_nobody_else(browse, db):
    office = make_office(banks=1)
    open_needs(1)
    office.submit(office.draft(per_need=1))
    assert counts(browse(office.head))["待签清单"] == 1
    assert counts(browse(office.officer))["待签清单"] == 0


def test_a_recommendation_waits_for_its_level(browse, department_actor):
    submitted = RecommendationFactory(submitted=True)
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    awaiting = {"province": department_actor, "city": city}
    for level, actor in awaiting.items():
        expected = int(submitted.awaiting_level == level)
        assert counts(browse(actor))["待办推荐"] == expected


def test_every_number_leads_to_a_page_that_opens(browse, department_actor):
    client = browse(department_actor)
    for one in client.get(HOME).context["to_dos"]:
        assert client.get(one.href).status_code == 200, one.label


def test_firms_and_banks_find_nothing(browse, firm_actor, bank_actor):
    for actor in (firm_actor, bank_actor):
        assert browse(actor).get(HOME).status_code == 404


@pytest.mark.django_db
def test_sign_in_is_needed(browse):
    assert browse(None).get(HOME).status_code == 302
