"""Who knows of which need."""

import pytest

from backend.needs.models import Need
from backend.organizations.enums import Role
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

STATES = ["submitted", "returned", "open", "in_referral", "funded", "expired"]


def seen_by(actor):
    return set(Need.objects.visible_to(actor))


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def test_a_firm_sees_its_own_in_every_state(firm, firm_actor):
    own = {NeedFactory(firm=firm)} | {NeedFactory(firm=firm, **{state: True}) for state in STATES}
    NeedFactory(open=True)
    assert seen_by(firm_actor) == own


def test_a_stranger_sees_nothing(firm, stranger_actor):
    NeedFactory(firm=firm, open=True)
    assert seen_by(stranger_actor) == set()


def test_a_department_sees_what_was_submitted(firm, department_actor):
    seen = {NeedFactory(firm=firm, **{state: True}) for state in STATES}
    withdrawn_later = NeedFactory(firm=firm, submitted=True)
    withdrawn_later.status, withdrawn_later.withdrawn_at = "withdrawn", withdrawn_later.created_at
    withdrawn_later.save()
    NeedFactory(firm=firm)
    NeedFactory(firm=firm, withdrawn=True)
    assert seen_by(department_actor) == seen | {withdrawn_later}


@pytest.mark.parametrize(
    ("region", "sees"),
    [("220000", True), ("220100", True), ("220102", True), ("220103", False), ("220200", False)],
)
def test_a_department_sees_its_region_and_below(firm, region, sees):
    need = NeedFactory(firm=firm, open=True)
    actor = make_actor(
        organization__city_department=True, organization__region__code=region, role=Role.DEPARTMENT
    )
    assert seen_by(actor) == ({need} if sees else set())


def test_an_incubator_sees_the_needs_of_tenants_that_consented(firm, incubator_actor):
    need = NeedFactory(firm=firm)
    own = incubator_actor.organization
    TenancyFactory(firm=firm, incubator=own)
    assert seen_by(incubator_actor) == set()
    TenancyFactory(firm=firm, consented=True)  # in another incubator
    assert seen_by(incubator_actor) == set()
    TenancyFactory(firm=firm, incubator=own, consented=True, valid_from="2025-06-01")
    TenancyFactory(firm=firm, incubator=own, consented=True, valid_from="2025-07-01")
    assert list(Need.objects.visible_to(incubator_actor)) == [need]


def test_an_incubators_view_ends_with_the_tenancy(firm, incubator_actor):
    NeedFactory(firm=firm)
    TenancyFactory(
        firm=firm,
        incubator=incubator_actor.organization,
        consented=True,
        valid_until=incubator_actor.today,
    )
    assert seen_by(incubator_actor) == set()


def test_institutions_auditors_and_administrators_see_none(
    firm, bank_actor, auditor_actor, administrator_actor, security_officer_actor
):
    NeedFactory(firm=firm, open=True)
    for actor in (bank_actor, auditor_actor, administrator_actor, security_officer_actor):
        assert seen_by(actor) == set()
