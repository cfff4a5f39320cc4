"""Who opens accounts: the manager of one's own organization, nobody else's."""

import pytest

from backend.accounts.models import User
from backend.common.errors import NotPermitted
from backend.organizations.enums import Rank, Role
from backend.organizations.services import open_account
from tests.factories.organizations import OrganizationFactory, make_actor


def open_for(actor, organization):
    return open_account(
        actor=actor,
        username="colleague",
        display_name="同事",
        organization=organization,
        role=Role.INSTITUTION,
        rank=Rank.OFFICER,
    )


def test_a_manager_opens_an_account_in_the_own_organization(bank_actor):
    membership, password = open_for(bank_actor, bank_actor.organization)
    assert membership.organization == bank_actor.organization
    assert membership.user.check_password(password)


@pytest.mark.parametrize("rank", list(Rank))
def test_nobody_else_does_and_no_account_is_made(bank_actor, rank):
    other = OrganizationFactory(bank=True)
    officer = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    actor, organization = (
        (bank_actor, other) if rank is Rank.MANAGER else (officer, bank_actor.organization)
    )
    with pytest.raises(NotPermitted):
        open_for(actor, organization)
    assert not User.objects.filter(username="colleague").exists()
