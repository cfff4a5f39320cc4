"""Clients of the API that sign in as programs do: with a real key."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from backend.accounts.services import create_key
from backend.organizations.actors import Actor


def client_of(actor: Actor) -> APIClient:
    """Return a client that sends a key of this actor's user."""
    _, token = create_key(actor=None, user=actor.user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def client_for(db) -> Callable[[Actor], APIClient]:
    """Make clients of any actor."""
    return client_of


@pytest.fixture
def anonymous_client(db) -> APIClient:
    """Somebody who has not signed in."""
    return APIClient()


@pytest.fixture
def firm_client(firm_actor) -> APIClient:
    """The firm's client."""
    return client_of(firm_actor)


@pytest.fixture
def bank_client(bank_actor) -> APIClient:
    """The bank's client."""
    return client_of(bank_actor)


@pytest.fixture
def department_client(department_actor) -> APIClient:
    """The department's client."""
    return client_of(department_actor)


@pytest.fixture
def stranger_client(stranger_actor) -> APIClient:
    """The stranger's client."""
    return client_of(stranger_actor)


@pytest.fixture
def incubator_client(incubator_actor) -> APIClient:
    """The incubator's client."""
    return client_of(incubator_actor)


@pytest.fixture
def auditor_client(auditor_actor) -> APIClient:
    """The auditor's client."""
    return client_of(auditor_actor)


@pytest.fixture
def administrator_client(administrator_actor) -> APIClient:
    """The administrator's client."""
    return client_of(administrator_actor)


@pytest.fixture
def security_officer_client(security_officer_actor) -> APIClient:
    """The security officer's client."""
    return client_of(security_officer_actor)
