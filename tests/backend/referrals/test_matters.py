"""Matters to coordinate, and the second attempt."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.needs.enums import NeedStatus
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.models import Matter
from backend.referrals.services.endings import decline_referral
from backend.referrals.services.matters import raise_matter, repair_matter, update_matter
from backend.referrals.services.steps import acknowledge_referral
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def declined(bank_actor, referral):
    return decline_referral(
        actor=bank_actor,
        referral=referral,
        reasons=["collateral"],
        note="产权登记不清",
        expected_revision=None,
        now=timezone.now(),
    )


@pytest.fixture
def matter(bank_actor, declined):
    return raise_matter(
        actor=bank_actor, referral=declined, text="厂房未办产权登记", now=timezone.now()
    )


def update(actor, matter, **changes):
    return update_matter(actor=actor, matter=matter, changes=changes, expected_revision=None)


def repair(actor, matter, *, reopens=True):
    return repair_matter(
        actor=actor,
        matter=matter,
        result="已办理登记",
        reopens=reopens,
        expected_revision=None,
        now=timezone.now(),
    )


def test_the_same_matter_is_raised_once(bank_actor, firm_actor, matter):
    raise_matter(actor=bank_actor, referral=matter.referral, text=matter.text, now=timezone.now())
    raise_matter(
        actor=firm_actor, referral=matter.referral, text="希望延长期限", now=timezone.now()
    )

    assert Matter.objects.count() == 2


def test_a_matter_holds_nothing_of_a_credit_report(bank_actor, declined):
    with pytest.raises(InvalidInput):
        raise_matter(actor=bank_actor, referral=declined, text="征信修复", now=timezone.now())


def test_an_agency_on_the_platform_or_by_name(department_actor, city_department_actor, matter):
    update(department_actor, matter, agency=city_department_actor.organization.code)
    matter.refresh_from_db()
    assert matter.agency == city_department_actor.organization

    due = department_actor.today + timedelta(days=10)
    update(department_actor, matter, agency_name="市自然资源局", measure="专班核对", due_on=due)

    matter.refresh_from_db()
    assert (matter.agency, matter.agency_name, matter.due_on) == (None, "市自然资源局", due)


def test_a_due_day_lies_ahead(department_actor, matter):
    with pytest.raises(InvalidInput):
        update(department_actor, matter, due_on=department_actor.today - timedelta(days=1))


def test_the_bank_does_not_settle_it(bank_actor, matter):
    with pytest.raises(NotPermitted):
        repair(bank_actor, matter)


def test_a_repaired_matter_reopens_the_declined_referral(department_actor, bank_actor, matter):
    referral = repair(department_actor, matter).referral

    assert (referral.status, referral.decline_reasons) == (ReferralStatus.SENT, [])
    assert referral.need.status == NeedStatus.IN_REFERRAL
    assert [step.step for step in referral.steps.all()] == ["declined", "reopened"]
    assert referral.steps.first().data == {"reasons": ["collateral"]}


def test_the_steps_of_the_second_attempt_begin_anew(department_actor, bank_actor, matter):
    referral = repair(department_actor, matter).referral

    done = acknowledge_referral(
        actor=bank_actor, referral=referral, expected_revision=None, now=timezone.now()
    )

    assert done.last_step == Step.ACKNOWLEDGED


def test_repairing_may_leave_the_referral_declined(department_actor, matter):
    assert repair(department_actor, matter, reopens=False).referral.status == "declined"


def test_a_settled_matter_is_settled(department_actor, matter):
    repair(department_actor, matter, reopens=False)

    with pytest.raises(StateConflict, match="办结"):
        update(department_actor, matter, measure="再议")


def test_without_a_live_agreement_there_is_no_second_attempt(department_actor, matter, agreement):
    agreement.ended_at = timezone.now()
    agreement.ended_reason = "到期"
    agreement.save()

    with pytest.raises(StateConflict, match="协议"):
        repair(department_actor, matter)
    matter.refresh_from_db()
    assert matter.repaired_at is None


def test_without_consent_to_a_closed_need_there_is_no_second_attempt(department_actor, matter):
    need = matter.referral.need
    need.open_to_others = False
    need.save()
    consent = need.consents.get(direction="to_institution")
    consent.withdrawn_at = timezone.now()
    consent.save()

    with pytest.raises(StateConflict, match="授权"):
        repair(department_actor, matter)


def test_a_referral_that_was_sent_anew_stands_in_the_way(department_actor, matter, agreement):
    ReferralFactory(
        need=matter.referral.need, institution=agreement.institution, agreement=agreement
    )

    with pytest.raises(StateConflict, match="再次推送"):
        repair(department_actor, matter)


def test_a_need_that_found_its_money_is_not_taken_up_again(department_actor, matter):
    need = matter.referral.need
    need.status = NeedStatus.FUNDED
    need.save()

    with pytest.raises(StateConflict):
        repair(department_actor, matter)
