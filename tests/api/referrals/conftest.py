"""A firm's need sent to a bank; both, the department and a stranger as clients."""

import pytest

from backend.referrals.models import Referral
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.partners import AgreementFactory
from tests.factories.referrals import ReferralFactory


@pytest.fixture
def agreement(bank_actor, department_actor):
    return AgreementFactory(
        department=department_actor.organization, institution=bank_actor.organization
    )


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization, profiled=True)


@pytest.fixture
def referral(firm, bank_actor, agreement) -> Referral:
    return ReferralFactory(
        need=NeedFactory(firm=firm, in_referral=True),
        institution=bank_actor.organization,
        agreement=agreement,
    )


@pytest.fixture
def act():
    """Post an action with the revision that the client has just read."""

    def post(client, referral, action, body=None, **headers):
        path = f"/api/v1/referrals/{referral.public_id}/"
        tag = client.get(path).headers["ETag"]
        return client.post(f"{path}{action}/", body or {}, headers={"If-Match": tag, **headers})

    return post
