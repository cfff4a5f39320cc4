"""Declines, returns, withdrawals, and what becomes of the need."""

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.services.withdrawing import withdraw_consent
from backend.journal.models import Dispatch
from backend.journal.services import record, sweep
from backend.needs.enums import NeedStatus
from backend.needs.services import withdraw_need
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import Referral
from backend.referrals.services.endings import (
    decline_referral,
    return_referral,
    withdraw_referrals,
)
from tests.factories.consents import ConsentFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db


def decline(actor, referral, reasons=("collateral",), note=""):
    return decline_referral(
        actor=actor,
        referral=referral,
        reasons=reasons,
        note=note,
        expected_revision=None,
        now=timezone.now(),
    )


def give_back(actor, referral, note="不在服务区域"):
    return return_referral(
        actor=actor, referral=referral, note=note, expected_revision=None, now=timezone.now()
    )


def status_of(row):
    row.refresh_from_db()
    return row.status


def test_the_last_decline_opens_the_need_again(bank_actor, referral):
    done = decline(bank_actor, referral, ["collateral", "term"], "缺少抵押物")

    assert (done.status, done.decline_reasons) == (ReferralStatus.DECLINED, ["collateral", "term"])
    assert status_of(referral.need) == NeedStatus.OPEN


def test_a_need_with_another_referral_at_work_stays_in_referral(bank_actor, referral):
    ReferralFactory(need=referral.need)

    decline(bank_actor, referral)

    assert status_of(referral.need) == NeedStatus.IN_REFERRAL


@pytest.mark.parametrize("reasons", [[], list("abcde"), ["no_such_reason"]])
def test_a_decline_has_one_to_four_known_reasons(bank_actor, referral, reasons):
    with pytest.raises(InvalidInput):
        decline(bank_actor, referral, reasons)

    assert status_of(referral) == ReferralStatus.SENT


def test_bank_internal_needs_no_note(bank_actor, referral):
    assert decline(bank_actor, referral, ["bank_internal"]).status == ReferralStatus.DECLINED


def test_a_note_on_the_credit_report_is_refused_and_says_what_to_do(bank_actor, referral):
    with pytest.raises(InvalidInput, match="bank_internal"):
        decline(bank_actor, referral, note="法人征信存在逾期")

    assert status_of(referral) == ReferralStatus.SENT


def test_the_same_decline_twice_is_one(bank_actor, referral):
    decline(bank_actor, referral)
    decline(bank_actor, referral)

    assert referral.steps.count() == 1


def test_reasons_that_the_firm_does_not_let_pass_are_not_kept(bank_actor, referral):
    consent = referral.need.consents.get(direction="to_department")
    consent.replaced_at = timezone.now()
    consent.save()
    ConsentFactory(
        need=referral.need,
        institution=referral.institution,
        reverse=True,
        groups=["progress", "amounts"],
    )

    done = decline(bank_actor, referral, ["figures"], "收入不足")

    assert (done.status, done.decline_reasons, done.decline_note) == ("declined", [], "")
    assert done.is_reason_withheld
    assert (referral.steps.get().note, referral.steps.get().data) == ("", {})


def test_money_that_flowed_is_not_declined(bank_actor, send):
    with pytest.raises(StateConflict):
        decline(bank_actor, send(funded=True))


class TestReturns:
    @pytest.fixture
    def branch_actor(self, bank_actor):
        branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
        return make_actor(organization=branch, role=Role.INSTITUTION)

    def test_a_branch_returns_to_the_unit_above_it(self, branch_actor, bank_actor, send):
        referral = send(unit=branch_actor.organization, handler=branch_actor.user)

        done = give_back(branch_actor, referral)

        assert done.unit == bank_actor.organization
        assert (done.status, done.handler) == (ReferralStatus.SENT, None)
        assert done.answered_at is None
        assert not Referral.objects.visible_to(branch_actor).exists()

    def test_the_addressed_unit_returns_to_the_department(self, bank_actor, referral):
        done = give_back(bank_actor, referral)

        assert done.status == ReferralStatus.RETURNED
        assert status_of(referral.need) == NeedStatus.OPEN

    def test_a_return_says_why(self, bank_actor, referral):
        with pytest.raises(InvalidInput):
            give_back(bank_actor, referral, " ")


class TestWithdrawal:
    def test_a_withdrawn_need_ends_its_referrals_and_shows_no_institution_a_trace_before(
        self, firm_actor, bank_actor, referral
    ):
        withdraw_need(
            actor=firm_actor, need=referral.need, expected_revision=None, now=timezone.now()
        )
        assert not Referral.objects.visible_to(bank_actor).exists()

        sweep(now=timezone.now())

        assert status_of(referral) == ReferralStatus.WITHDRAWN

    def test_a_withdrawn_consent_ends_the_referral_of_that_institution_only(
        self, firm_actor, referral
    ):
        other = ReferralFactory(need=referral.need)
        self.withdraw_consent(referral, firm_actor)

        assert status_of(referral) == ReferralStatus.WITHDRAWN
        assert status_of(other) == ReferralStatus.SENT

    def test_a_consent_that_was_given_anew_holds(self, firm_actor, referral):
        consent = referral.need.consents.get(direction="to_institution")
        consent.withdrawn_at = timezone.now()
        consent.save()
        ConsentFactory(need=referral.need, institution=referral.institution)
        record("consent.withdrawn", subject=consent, actor=firm_actor)
        sweep(now=timezone.now())

        assert status_of(referral) == ReferralStatus.SENT

    def test_a_withdrawn_report_ends_nothing(self, firm_actor, referral):
        self.withdraw_consent(referral, firm_actor, direction="to_department")

        assert status_of(referral) == ReferralStatus.SENT

    def test_money_that_flowed_stays_to_be_agreed(self, referral, send, firm_actor):
        funded = send(funded=True)

        withdraw_referrals(need=funded.need, reason="企业撤回", now=timezone.now())

        assert status_of(funded) == ReferralStatus.FUNDED

    def test_withdrawing_twice_ends_once(self, referral):
        ended = [
            withdraw_referrals(need=referral.need, reason="企业撤回", now=timezone.now())
            for _ in range(2)
        ]

        assert ended == [1, 0]
        assert referral.steps.count() == 1
        assert status_of(referral.need) == NeedStatus.OPEN

    @staticmethod
    def withdraw_consent(referral, actor, direction="to_institution"):
        consent = referral.need.consents.get(direction=direction, institution=referral.institution)
        withdraw_consent(actor=actor, consent=consent, now=timezone.now())
        sweep(now=timezone.now())
        assert not Dispatch.objects.exclude(last_error="").exists()
