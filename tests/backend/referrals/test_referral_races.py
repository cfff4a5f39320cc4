"""Two people on one referral, two branches for one place, a withdrawal against an answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from backend.common.errors import DomainError
from backend.needs.services import withdraw_need
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import Referral
from backend.referrals.services.assigning import assign_referral
from backend.referrals.services.endings import decline_referral
from backend.referrals.services.escalation import sweep_clocks
from backend.referrals.services.money import DrawnMoney, disburse_referral
from backend.referrals.services.outcomes import confirm_outcome
from backend.referrals.services.steps import acknowledge_referral
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.referrals import DrawdownFactory, ReferralFactory, make_sent_together

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run calls in threads that start together; return their answers, refusals by code."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait(timeout=10)
            call()
        except DomainError as error:
            return error.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, c) for c in calls]]


def officer_of(organization):
    return make_actor(organization=organization, role=Role.INSTITUTION)


def test_of_two_officers_one_answers_and_the_other_learns_of_it():
    referral = ReferralFactory()
    first, second = officer_of(referral.institution), officer_of(referral.institution)
    told = {"referral": referral, "expected_revision": 1, "now": timezone.now()}

    answers = at_once(
        lambda: acknowledge_referral(actor=first, **told),
        lambda: decline_referral(actor=second, reasons=["bank_internal"], **told),
    )

    assert sorted(answers) == ["done", "stale_revision"]
    referral.refresh_from_db()
    assert (referral.revision, referral.steps.count()) == (2, 1)


def test_eight_reports_of_one_drawdown_are_one():
    referral = ReferralFactory(approved=True)
    actor = officer_of(referral.institution)
    money = DrawnMoney(drawn_on=actor.today, amount_yuan=1_000_000, reference="JL-1")

    answers = at_once(
        *[
            lambda: disburse_referral(
                actor=actor,
                referral=referral,
                money=money,
                expected_revision=None,
                now=timezone.now(),
            )
        ]
        * 8
    )

    assert set(answers) == {"done"}
    assert referral.drawdowns.count() == referral.steps.count() == 1


def test_two_assignments_do_not_both_take_the_last_place():
    head = OrganizationFactory(bank=True)
    branch = OrganizationFactory(bank=True, parent=head, capacity=1)
    manager = officer_of(head)
    first, second = make_sent_together(institution=head, count=2)
    to_branch = {"unit_code": branch.code, "expected_revision": None, "now": timezone.now()}

    answers = at_once(
        lambda: assign_referral(actor=manager, referral=first, **to_branch),
        lambda: assign_referral(actor=manager, referral=second, **to_branch),
    )

    assert sorted(answers) == ["done", "unit_is_full"]
    assert Referral.objects.filter(unit=branch).count() == 1


def test_a_withdrawal_and_an_answer_leave_the_referral_ended():
    firm_actor = make_actor(proved=True)
    firm = FirmFactory(organization=firm_actor.organization)
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True))
    actor = officer_of(referral.institution)

    answers = at_once(
        lambda: withdraw_need(
            actor=firm_actor, need=referral.need, expected_revision=None, now=timezone.now()
        ),
        lambda: acknowledge_referral(
            actor=actor, referral=referral, expected_revision=None, now=timezone.now()
        ),
    )

    assert answers[0] == "done"
    assert answers[1] in {"done", "need_taken_back", "referral_ended"}
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.WITHDRAWN


def test_two_banks_confirmed_at_once_fund_the_need_once():
    firm_actor = make_actor(proved=True)
    firm = FirmFactory(organization=firm_actor.organization)
    need = NeedFactory(firm=firm, in_referral=True)
    referrals = [ReferralFactory(need=need, funded=True) for _ in range(2)]
    drawdowns = [DrawdownFactory(referral=referral) for referral in referrals]

    answers = at_once(
        *(
            lambda r=referral, d=drawdown: confirm_outcome(
                actor=firm_actor,
                referral=r,
                drawdown=d,
                expected_revision=None,
                now=timezone.now(),
            )
            for referral, drawdown in zip(referrals, drawdowns, strict=True)
        )
    )

    assert answers == ["done", "done"]
    need.refresh_from_db()
    assert (need.status, need.revision) == ("funded", 2)


def test_two_sweeps_tell_everybody_once():
    referral = ReferralFactory(sent_at=timezone.now() - timedelta(days=30))
    now = timezone.now()

    at_once(*[lambda: sweep_clocks(now=now)] * 4)

    events = list(referral.clock_events.values_list("clock", "escalation"))
    assert len(events) == len(set(events)) > 0
    assert referral.cases.count() == 1
