"""People of a bank."""

import pytest
from rest_framework.test import APIClient

from backend.organizations.actors import Actor
from backend.organizations.enums import Rank, Role
from tests.factories.organizations import OrganizationFactory, make_actor


@pytest.fixture
def officer_client(bank_actor: Actor, client_for) -> APIClient:
    """An officer of the bank, who drafts and does not publish."""
    return client_for(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )


@pytest.fixture
def rival_client(db, client_for) -> APIClient:
    """The manager of another bank."""
    return client_for(
        make_actor(organization=OrganizationFactory(bank=True), role=Role.INSTITUTION)
    )
