"""The people who recur in tests: a firm, a bank, the department, a stranger."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.matches.catalogue_memory import catalogues
from backend.matches.held_needs import held_needs
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank, Role
from backend.portal import names
from tests.factories.organizations import make_actor


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End other connections before the database is dropped: a server's thread may hold one yet."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def fresh_catalogues() -> None:
    """Forget another test's catalogue: versions begin anew with each test, other rows do not."""
    catalogues.forget()
    held_needs.forget()
    names.regions.cache_clear()
    names.industries.cache_clear()


@pytest.fixture
def firm_actor(db) -> Actor:
    """The manager of a firm in 长春, whose authority to act for it is proved."""
    return make_actor(proved=True)


@pytest.fixture
def bank_actor(db) -> Actor:
    """The manager of a bank's provincial branch."""
    return make_actor(organization__bank=True, role=Role.INSTITUTION)


@pytest.fixture
def department_actor(db) -> Actor:
    """The manager of the provincial department."""
    return make_actor(organization__department=True, role=Role.DEPARTMENT)


@pytest.fixture
def stranger_actor(db) -> Actor:
    """The manager of a firm in another city, who has to do with nobody here."""
    return make_actor(proved=True, organization__region__code="220202")


@pytest.fixture
def incubator_actor(db) -> Actor:
    """The manager of an incubator."""
    return make_actor(organization__incubator=True, role=Role.INCUBATOR)


@pytest.fixture
def auditor_actor(db) -> Actor:
    """Somebody who reads the journal and changes nothing."""
    return make_actor(organization__department=True, role=Role.AUDITOR, rank=Rank.OFFICER)


@pytest.fixture
def administrator_actor(db) -> Actor:
    """Somebody who keeps organizations and sees no business data."""
    return make_actor(organization__operator=True, role=Role.ADMINISTRATOR)


@pytest.fixture
def security_officer_actor(db) -> Actor:
    """Somebody who keeps roles and sees no business data."""
    return make_actor(organization__operator=True, role=Role.SECURITY_OFFICER)


@pytest.fixture
def count_queries(db) -> Callable[[Callable[[], object]], int]:
    """Count the queries that a call makes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as context:
            call()
        return len(context)

    return count


@pytest.fixture
def city_department_actor(db) -> Actor:
    """The manager of the department of 长春."""
    return make_actor(organization__city_department=True, role=Role.DEPARTMENT)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the reviewed tables of access be written anew."""
    parser.addoption("--write-matrix", action="store_true", help="write the access matrix anew")
