"""Who may agree for whom, for a whole page at once as for one."""

import pytest

from backend.organizations.enums import Rank, Role
from backend.partners import policies
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import ContactFactory


@pytest.mark.parametrize("rank", list(Rank))
def test_rights_over_many_are_the_rights_over_each(bank_actor, count_queries, rank):
    head = bank_actor.organization
    actor = make_actor(organization=head, role=Role.INSTITUTION, rank=rank)
    branch = OrganizationFactory(bank=True, parent=head)
    contacts = [
        ContactFactory(organization=head),
        ContactFactory(organization=head, user=actor.user),
        ContactFactory(organization=branch),
        ContactFactory(organization=branch, user=bank_actor.user),
        ContactFactory(),
    ]
    agreeing, withdrawing = policies.list_consent_rights(actor, contacts)
    assert agreeing == {one.pk for one in contacts if policies.can_agree(actor, one)}
    assert withdrawing == {
        one.pk for one in contacts if policies.can_withdraw_agreement(actor, one)
    }
    assert count_queries(lambda: policies.list_consent_rights(actor, contacts)) == 1
