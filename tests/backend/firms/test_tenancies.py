"""Stays in incubators, and the consent to be spoken for."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django.utils.timezone import localdate

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.firms import tenancies
from backend.firms.models import Firm, Tenancy
from backend.firms.policies import speaks_for
from backend.journal.models import Event
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.organizations import OrganizationFactory, make_actor

NOW = timezone.now()


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def tenancy(firm, incubator_actor):
    return TenancyFactory(firm=firm, incubator=incubator_actor.organization)


def consent(actor, tenancy, *, is_given=True):
    return tenancies.set_tenancy_consent(actor=actor, tenancy=tenancy, is_given=is_given, now=NOW)


def test_with_consent_the_incubator_speaks_for_the_firm_until_it_is_taken_back(
    firm, firm_actor, incubator_actor, tenancy
):
    assert not speaks_for(incubator_actor, firm)
    consent(firm_actor, tenancy)
    assert speaks_for(incubator_actor, firm)
    assert list(Firm.objects.visible_to(incubator_actor)) == [firm]
    consent(firm_actor, tenancy, is_given=False)
    assert not speaks_for(incubator_actor, firm)
    assert not Firm.objects.visible_to(incubator_actor).exists()
    changes = [event.payload["change"] for event in Event.objects.order_by("pk")]
    assert changes == ["consented", "consent_withdrawn"]


def test_consent_given_twice_is_one_change(firm_actor, tenancy):
    consent(firm_actor, tenancy)
    consent(firm_actor, tenancy)
    assert Event.objects.count() == 1


def test_neither_incubator_nor_department_consents_for_the_firm(
    tenancy, incubator_actor, department_actor, stranger_actor
):
    for actor in (incubator_actor, department_actor, stranger_actor):
        with pytest.raises(NotPermitted):
            consent(actor, tenancy)


def test_consent_takes_proved_authority(firm, tenancy):
    with pytest.raises(StateConflict, match="授权"):
        consent(make_actor(organization=firm.organization), tenancy)


def test_a_stay_that_has_ended_takes_no_consent(firm_actor, tenancy):
    tenancy.valid_until = localdate()
    tenancy.save()
    with pytest.raises(StateConflict, match="结束"):
        consent(firm_actor, tenancy)


def record(actor, firm, incubator, valid_from=date(2026, 1, 1), valid_until=None):
    return tenancies.record_tenancy(
        actor=actor,
        firm=firm,
        incubator=incubator,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def test_a_stay_is_recorded_without_consent(firm, firm_actor):
    incubator = OrganizationFactory(incubator=True)
    assert record(firm_actor, firm, incubator).consented_at is None
    with pytest.raises(StateConflict):
        record(firm_actor, firm, incubator)


def test_a_stay_is_in_an_incubator_for_at_least_a_day(firm, firm_actor):
    bank = OrganizationFactory(bank=True)
    with pytest.raises(InvalidInput, match=bank.name):
        record(firm_actor, firm, bank)
    incubator = OrganizationFactory(incubator=True)
    with pytest.raises(InvalidInput, match="晚于"):
        record(
            firm_actor,
            firm,
            incubator,
            localdate(),
            localdate() - timedelta(days=1),
        )
    assert not Tenancy.objects.exists()


def test_the_database_refuses_an_empty_stay(tenancy):
    with pytest.raises(IntegrityError, match="tenancy_period_is_half_open"):
        Tenancy.objects.filter(pk=tenancy.pk).update(valid_until=tenancy.valid_from)


def test_the_database_refuses_an_anonymous_consent(tenancy):
    with pytest.raises(IntegrityError, match="tenancy_consent_names_a_person"):
        Tenancy.objects.filter(pk=tenancy.pk).update(consented_at=NOW)
