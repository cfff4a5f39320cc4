"""What the factories of referrals make obeys the database's constraints."""

import pytest

from backend.needs.enums import NeedStatus
from backend.referrals.enums import ENDED, ReferralStatus
from tests.factories.needs import NeedFactory
from tests.factories.referrals import DrawdownFactory, MatterFactory, ReferralFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [status for status in ReferralStatus if status != "sent"])
def test_a_referral_can_be_made_in_every_status(status):
    referral = ReferralFactory(**{status: True})

    assert referral.status == status
    assert (referral.ended_at is not None) == (status in ENDED)
    assert referral.need.consents.count() == 2


def test_an_investor_gets_the_track_of_equity():
    assert ReferralFactory(fund=True).track == "equity"


def test_an_open_need_is_in_referral_once_it_was_sent():
    need = NeedFactory(open=True)

    ReferralFactory(need=need)

    need.refresh_from_db()
    assert need.status == NeedStatus.IN_REFERRAL


def test_outcomes_and_matters_can_be_made():
    assert DrawdownFactory().referral.status == ReferralStatus.FUNDED
    assert MatterFactory().referral.status == ReferralStatus.DECLINED
