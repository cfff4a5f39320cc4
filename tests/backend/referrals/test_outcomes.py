"""Confirmed, contested, unanswered after two reminders, reconciled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.needs.enums import NeedStatus
from backend.referrals.enums import OutcomeState, ReferralStatus
from backend.referrals.outcome_figures import split_outcomes
from backend.referrals.services import outcomes
from tests.factories.referrals import DrawdownFactory, ReferralFactory, ReferralStepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def funded(send):
    return send(funded=True)


@pytest.fixture
def drawdown(funded):
    return DrawdownFactory(referral=funded)


def confirm(actor, referral, drawdown):
    return outcomes.confirm_outcome(
        actor=actor,
        referral=referral,
        drawdown=drawdown,
        expected_revision=None,
        now=timezone.now(),
    )


def contest(actor, referral, drawdown, note="金额不符"):
    return outcomes.contest_outcome(
        actor=actor,
        referral=referral,
        drawdown=drawdown,
        note=note,
        expected_revision=None,
        now=timezone.now(),
    )


def reconcile(actor, referral, drawdown, amount):
    return outcomes.reconcile_outcome(
        actor=actor,
        referral=referral,
        drawdown=drawdown,
        amount_yuan=amount,
        note="已核对借据",
        expected_revision=None,
        now=timezone.now(),
    )


def state_of(row, field="state"):
    row.refresh_from_db()
    return getattr(row, field)


def test_a_confirmation_funds_the_need(firm_actor, funded, drawdown):
    done = confirm(firm_actor, funded, drawdown)

    assert state_of(drawdown) == OutcomeState.CONFIRMED
    assert done.status == ReferralStatus.CONFIRMED
    assert state_of(funded.need, "status") == NeedStatus.FUNDED
    assert drawdown.reviews.get().amount_yuan == drawdown.amount_yuan


def test_a_second_drawdown_is_confirmed_too(firm_actor, funded, drawdown):
    second = DrawdownFactory(referral=funded, reference="2")
    confirm(firm_actor, funded, drawdown)

    confirm(firm_actor, funded, second)

    assert state_of(second) == OutcomeState.CONFIRMED


def test_confirming_twice_is_once(firm_actor, funded, drawdown):
    confirm(firm_actor, funded, drawdown)
    confirm(firm_actor, funded, drawdown)

    assert drawdown.reviews.count() == 1


def test_which_drawdown_has_to_be_said(firm_actor, funded, drawdown):
    with pytest.raises(InvalidInput, match="哪一笔"):
        confirm(firm_actor, funded, None)


def test_without_reported_amounts_the_referral_is_confirmed_as_a_whole(firm_actor, funded):
    assert confirm(firm_actor, funded, None).status == ReferralStatus.CONFIRMED


def test_the_bank_does_not_confirm_its_own_word(bank_actor, funded, drawdown):
    with pytest.raises(NotPermitted):
        confirm(bank_actor, funded, drawdown)


def test_the_unanswered_end_and_those_at_work_are_told(firm_actor, funded, drawdown):
    unanswered = ReferralFactory(need=funded.need)
    at_work = ReferralFactory(need=funded.need, in_contact=True)

    confirm(firm_actor, funded, drawdown)

    assert state_of(unanswered, "status") == ReferralStatus.WITHDRAWN
    assert state_of(at_work, "status") == ReferralStatus.IN_CONTACT
    assert at_work.revision == 2


def test_a_contested_drawdown_is_reconciled_to_what_came(
    firm_actor, department_actor, funded, drawdown
):
    contest(firm_actor, funded, drawdown)
    assert state_of(drawdown) == OutcomeState.CONTESTED
    assert state_of(funded, "status") == ReferralStatus.FUNDED

    done = reconcile(department_actor, funded, drawdown, 1_500_000)

    assert state_of(drawdown) == OutcomeState.RECONCILED
    assert drawdown.reviews.last().amount_yuan == 1_500_000
    assert done.status == ReferralStatus.CONFIRMED


def test_nothing_came_funds_nothing(firm_actor, department_actor, funded, drawdown):
    contest(firm_actor, funded, drawdown)

    reconcile(department_actor, funded, drawdown, 0)

    assert state_of(funded.need, "status") == NeedStatus.IN_REFERRAL
    assert state_of(funded, "status") == ReferralStatus.ACKNOWLEDGED


def test_without_money_a_referral_stands_again_where_it_stood_before(
    firm_actor, department_actor, funded, drawdown
):
    other = DrawdownFactory(referral=funded, amount_yuan=500_000)
    for step in ("acknowledged", "approved", "drawn"):
        ReferralStepFactory(referral=funded, step=step)
    contest(firm_actor, funded, drawdown)
    reconcile(department_actor, funded, drawdown, 0)
    assert state_of(funded, "status") == ReferralStatus.FUNDED
    contest(firm_actor, funded, other)
    reconcile(department_actor, funded, other, 0)
    assert state_of(funded, "status") == ReferralStatus.APPROVED


def test_no_more_is_reconciled_than_was_reported(firm_actor, department_actor, funded, drawdown):
    contest(firm_actor, funded, drawdown)

    with pytest.raises(InvalidInput):
        reconcile(department_actor, funded, drawdown, drawdown.amount_yuan + 1)


def test_what_nobody_contested_is_not_reconciled(department_actor, funded, drawdown):
    with pytest.raises(StateConflict):
        reconcile(department_actor, funded, drawdown, 1)


def test_what_was_confirmed_is_not_contested(firm_actor, funded, drawdown):
    confirm(firm_actor, funded, drawdown)

    with pytest.raises(StateConflict, match="企业已确认"):
        contest(firm_actor, funded, drawdown)


def test_another_city_reconciles_nothing(city_department_actor, firm_actor, funded, drawdown):
    city_department_actor.organization.region_id = "220200"
    contest(firm_actor, funded, drawdown)

    with pytest.raises(NotPermitted):
        reconcile(city_department_actor, funded, drawdown, 1)


def test_two_reminders_then_unanswered(drawdown):
    now = drawdown.recorded_at
    told = []
    for _ in range(40):
        now += timedelta(days=1)
        if outcomes.remind_of_outcomes(now=now):
            told.append((drawdown.reminders, state_of(drawdown)))

    assert [state for _, state in told] == ["reported", "reported", "unanswered"]
    assert drawdown.reminders == 2


def test_whoever_has_answered_is_not_reminded(firm_actor, funded, drawdown):
    contest(firm_actor, funded, drawdown)

    assert outcomes.remind_of_outcomes(now=timezone.now() + timedelta(days=30)) == 0


def test_an_unanswered_drawdown_may_still_be_confirmed(firm_actor, funded, drawdown):
    drawdown.state = OutcomeState.UNANSWERED
    drawdown.save()

    confirm(firm_actor, funded, drawdown)

    assert state_of(drawdown) == OutcomeState.CONFIRMED


def test_figures_keep_the_split(firm_actor, department_actor, funded, drawdown):
    contested = DrawdownFactory(referral=funded, reference="2", amount_yuan=3_000_000)
    DrawdownFactory(referral=funded, reference="3", amount_yuan=1_000_000)
    DrawdownFactory(referral=funded, reference="4", voided_at=timezone.now(), voided_reason="串户")
    confirm(firm_actor, funded, drawdown)
    contest(firm_actor, funded, contested)
    reconcile(department_actor, funded, contested, 2_500_000)

    split = split_outcomes([funded])

    assert {state.value: (share.count, share.amount_yuan) for state, share in split.items()} == {
        "reported": (1, 1_000_000),
        "confirmed": (1, 2_000_000),
        "contested": (0, 0),
        "unanswered": (0, 0),
        "reconciled": (1, 2_500_000),
    }
