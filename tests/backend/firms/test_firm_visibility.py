"""Who knows of which firm."""

import pytest

from backend.firms.models import Firm
from backend.organizations.enums import Role
from tests.factories.firms import FirmFactory
from tests.factories.organizations import make_actor


@pytest.fixture
def firm(firm_actor):
    FirmFactory(organization__region__code="220202")
    return FirmFactory(organization=firm_actor.organization)


def seen_by(actor):
    return set(Firm.objects.visible_to(actor))


def test_a_firm_sees_itself(firm, firm_actor):
    assert seen_by(firm_actor) == {firm}


def test_the_province_sees_all_of_it(firm, department_actor):
    assert len(seen_by(department_actor)) == 2


@pytest.mark.parametrize(
    ("region", "sees"), [("220100", True), ("220102", True), ("220103", False), ("220300", False)]
)
def test_a_department_sees_its_region_and_below(firm, region, sees):
    actor = make_actor(
        organization__city_department=True, organization__region__code=region, role=Role.DEPARTMENT
    )
    assert seen_by(actor) == ({firm} if sees else set())


def test_all_others_see_none(
    firm,
    stranger_actor,
    bank_actor,
    incubator_actor,
    auditor_actor,
    administrator_actor,
    security_officer_actor,
):
    for actor in (
        stranger_actor,
        bank_actor,
        incubator_actor,
        auditor_actor,
        administrator_actor,
        security_officer_actor,
    ):
        assert seen_by(actor) == set()
