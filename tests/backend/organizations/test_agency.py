"""Of which agency a department is: said by administrators and by the province above it."""

import pytest

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision
from backend.journal.models import Event
from backend.organizations.enums import Agency, Rank, Role
from backend.organizations.services import set_agency
from tests.factories.organizations import OrganizationFactory, make_actor


@pytest.fixture
def city(db):
    return OrganizationFactory(city_department=True)


def say(actor, department, *, revision: int | None = None):
    return set_agency(
        actor=actor, department=department, agency=Agency.FINANCE, expected_revision=revision
    )


def test_the_province_and_administrators_say_it(city, department_actor, administrator_actor):
    for actor in (department_actor, administrator_actor):
        assert say(actor, city).agency_code == Agency.FINANCE
    latest = Event.objects.filter(subject_id=city.public_id).order_by("-pk").first()
    assert latest.payload == {"fields": ["agency"], "from": "finance", "to": "finance"}


def test_nobody_says_it_of_their_own_department(department_actor):
    with pytest.raises(NotPermitted):
        say(department_actor, department_actor.organization)


def test_others_do_not_say_it(city, bank_actor, city_department_actor):
    officer = make_actor(organization__department=True, role=Role.DEPARTMENT, rank=Rank.OFFICER)
    finance = make_actor(
        organization__department=True, organization__agency="finance", role=Role.DEPARTMENT
    )
    for actor in (bank_actor, city_department_actor, officer, finance):
        with pytest.raises(NotPermitted):
            say(actor, city)


def test_only_departments_are_of_an_agency(administrator_actor):
    with pytest.raises(InvalidInput):
        say(administrator_actor, OrganizationFactory(bank=True))


def test_a_stale_revision_is_refused(city, department_actor):
    with pytest.raises(StaleRevision):
        say(department_actor, city, revision=city.revision + 1)
