"""Lines and drawdowns."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, StateConflict
from backend.referrals.enums import ReferralStatus
from backend.referrals.services.money import (
    DrawnMoney,
    LineTerms,
    approve_referral,
    disburse_referral,
    void_drawdown,
)

pytestmark = pytest.mark.django_db
M = 1_000_000


def approve(actor, referral, amount=5 * M, **terms):
    return approve_referral(
        actor=actor,
        referral=referral,
        terms=LineTerms(amount_yuan=amount, **terms),
        expected_revision=None,
        now=timezone.now(),
    )


def draw(actor, referral, amount=2 * M, **money):
    money.setdefault("drawn_on", actor.today)
    return disburse_referral(
        actor=actor,
        referral=referral,
        money=DrawnMoney(amount_yuan=amount, **money),
        expected_revision=None,
        now=timezone.now(),
    )


def without(referral, group):
    """Let the firm's consent cover everything but a group."""
    from tests.factories.consents import ConsentFactory

    consent = referral.need.consents.get(direction="to_department")
    kept = [one for one in consent.groups if one != group]
    consent.replaced_at = timezone.now()
    consent.save()
    ConsentFactory(need=referral.need, institution=referral.institution, reverse=True, groups=kept)


def test_an_approval_keeps_its_line(bank_actor, referral):
    done = approve(
        bank_actor, referral, term_months=12, annual_rate=Decimal("0.0385"), is_green=True
    )

    line = referral.lines.get()
    assert done.status == ReferralStatus.APPROVED
    assert (line.amount_yuan, line.annual_rate, line.is_green) == (5 * M, Decimal("0.0385"), True)


def test_the_same_line_again_changes_nothing_and_another_takes_its_place(bank_actor, referral):
    approve(bank_actor, referral)
    approve(bank_actor, referral)
    assert referral.lines.count() == 1

    approve(bank_actor, referral, 3 * M)

    assert referral.lines.get(replaced_at__isnull=True).amount_yuan == 3 * M
    assert referral.lines.count() == 2


def test_a_line_is_drawn_twice(bank_actor, referral):
    approve(bank_actor, referral)
    draw(bank_actor, referral, 2 * M)
    done = draw(bank_actor, referral, 3 * M)

    assert done.status == ReferralStatus.FUNDED
    assert referral.drawdowns.count() == 2


def test_one_drawdown_above_the_line_is_refused(bank_actor, referral):
    approve(bank_actor, referral)

    with pytest.raises(InvalidInput, match="超过批准额度 5000000"):
        draw(bank_actor, referral, 5 * M + 1)


def test_a_revolving_line_may_be_drawn_beyond_its_amount_in_sum(bank_actor, referral):
    approve(bank_actor, referral)
    draw(bank_actor, referral, 4 * M)
    draw(bank_actor, referral, 3 * M)

    assert referral.drawdowns.count() == 2


def test_a_reference_makes_a_repetition_harmless_and_a_contradiction_visible(bank_actor, referral):
    draw(bank_actor, referral, reference="JL-1")
    draw(bank_actor, referral, reference="JL-1")
    assert referral.drawdowns.count() == 1

    with pytest.raises(StateConflict, match="JL-1"):
        draw(bank_actor, referral, 1 * M, reference="JL-1")


def test_without_a_reference_the_same_amount_on_the_same_day_is_a_repetition(bank_actor, referral):
    draw(bank_actor, referral)
    draw(bank_actor, referral)
    draw(bank_actor, referral, drawn_on=bank_actor.today - timedelta(days=1))

    assert referral.drawdowns.count() == 2


def test_two_references_are_two_drawdowns(bank_actor, referral):
    draw(bank_actor, referral, reference="JL-1")
    draw(bank_actor, referral, reference="JL-2")

    assert referral.drawdowns.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": 0}, "amount_yuan"),
        ({"annual_rate": Decimal("3.85")}, "annual_rate"),
        ({"security": ("house",)}, "security"),
        ({"is_first_loan": True, "renewal": "renewed"}, "is_first_loan"),
    ],
)
def test_what_cannot_be_right_names_its_field(bank_actor, referral, values, field):
    with pytest.raises(InvalidInput) as refusal:
        draw(bank_actor, referral, **values)

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_money_before_the_approval_is_refused(bank_actor, referral):
    approve(bank_actor, referral)

    with pytest.raises(InvalidInput, match="早于"):
        draw(bank_actor, referral, drawn_on=bank_actor.today - timedelta(days=1))


def test_without_consent_on_amounts_no_amount_is_kept(bank_actor, referral):
    without(referral, "amounts")

    approve(bank_actor, referral)
    done = draw(bank_actor, referral)

    assert done.status == ReferralStatus.FUNDED
    assert not referral.lines.exists()
    assert not referral.drawdowns.exists()


def test_without_consent_on_progress_nothing_of_the_approval_is_kept(bank_actor, referral):
    without(referral, "progress")

    done = approve(bank_actor, referral)

    assert done.status == ReferralStatus.SENT
    assert [step.step for step in referral.steps.all()] == ["answered"]


def test_money_goes_on_after_the_first_was_confirmed(bank_actor, send):
    referral = send(confirmed=True)

    done = draw(bank_actor, referral)

    assert done.status == ReferralStatus.CONFIRMED
    assert referral.drawdowns.count() == 1


def test_a_drawdown_that_was_a_mistake_is_voided_with_a_reason(bank_actor, referral):
    draw(bank_actor, referral, reference="JL-1")
    drawdown = referral.drawdowns.get()

    void_drawdown(
        actor=bank_actor,
        referral=referral,
        drawdown=drawdown,
        reason="串户",
        expected_revision=None,
        now=timezone.now(),
    )

    drawdown.refresh_from_db()
    assert drawdown.voided_at is not None
    referral.refresh_from_db()
    assert referral.status != ReferralStatus.FUNDED
    with pytest.raises(StateConflict, match="新的流水号"):
        draw(bank_actor, referral, reference="JL-1")
